{% autoescape off %}// Keeps the crisis page for when there is no connection, and nothing else: no page of a clinic, nothing of anybody.
"use strict";
{% for script in scripts %}importScripts("{{ script }}");
{% endfor %}
const KEPT = "moodvision-crisis-{{ version }}";
const OF_CLINIC = "moodvision-crisis-of-clinic"; // the contacts of the clinic whose portal was open here
const PAGE = "{% url 'clinics:crisis' %}";
const FILES = [{% for file in files %}
  "{{ file }}",{% endfor %}
];
const SIGN_OUT = "{% url 'account_logout' %}";
const PATIENCE_MS = 8000;
const A_DAY_MS = 24 * 60 * 60 * 1000;

self.addEventListener("install", (event) => event.waitUntil(keepAll().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(dropOld().then(() => self.clients.claim())));

self.addEventListener("message", (event) => {
  const path = event.data?.keep;
  if (typeof path === "string" && isCrisis(path)) event.waitUntil(keepOfClinic(path));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url.pathname));
  else if (request.method === "GET" && FILES.includes(url.pathname)) event.respondWith(file(request));
});

const isCrisis = (path) => path.startsWith(PAGE);

async function keepAll() {
  const cache = await caches.open(KEPT);
  await Promise.all([PAGE, ...FILES].map((path) => keep(cache, path)));
}

async function keep(cache, path) {
  const answer = await fetch(path, { credentials: "omit", cache: "no-cache" }); // as nobody sees it
  if (!answer.ok || answer.redirected) throw new Error(`not kept: ${path}`);
  await cache.put(path, answer);
}

async function keepOfClinic(path) {
  const cache = await caches.open(OF_CLINIC);
  const kept = await cache.match(path);
  if (kept && Date.now() - Date.parse(kept.headers.get("date")) < A_DAY_MS) return;
  await keep(cache, path).catch(() => {});
}

async function dropOld() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("moodvision-crisis-") && name !== KEPT && name !== OF_CLINIC);
  await Promise.all(old.map((name) => caches.delete(name)));
}

// A page comes from the server. Where that fails, whatever was wanted: whom to call.
async function page(request, path) {
  if (path === SIGN_OUT && request.method === "POST") await caches.delete(OF_CLINIC);
  try {
    const answer = await (isCrisis(path) ? Promise.race([fetch(request), tooLate()]) : fetch(request));
    return isCrisis(path) && answer.status >= 500 ? ((await kept(path)) ?? answer) : answer;
  } catch (error) {
    const instead = await kept(path);
    if (instead) return instead;
    throw error;
  }
}

async function kept(path) {
  const ofClinic = await caches.open(OF_CLINIC);
  if (isCrisis(path) && path !== PAGE) {
    const own = await ofClinic.match(path);
    if (own) return own;
  }
  const [only, ...others] = await ofClinic.keys();
  if (!isCrisis(path) && only && !others.length) return ofClinic.match(only);
  return (await caches.open(KEPT)).match(PAGE);
}

const tooLate = () => new Promise((_, reject) => setTimeout(() => reject(new Error("too late")), PATIENCE_MS));

async function file(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const found = await (await caches.open(KEPT)).match(new URL(request.url).pathname);
    if (found) return found;
    throw error;
  }
}
{% endautoescape %}
