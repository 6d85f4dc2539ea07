// Listens for alerts on the clinic's WebSocket. The socket carries numbers only; the list itself is fetched again.

import { playTone, unlockSound } from "./alert-sound.js";

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
const OFFLINE_AFTER_FAILURES = 3;
const STEADY_AFTER_MS = 5_000;
const GATHER_MS = 150;
const SESSION_ENDED = new Set([4401, 4403, 4404]);
const URGENT_LANES = new Set(["item_9", "call"]);
const SOUND_KEY = "moodvision-alert-sound";

const stream = document.querySelector("[data-alerts]");
if (stream) listen(stream);

function listen(root) {
  const text = root.dataset;
  const stateText = root.querySelector("[data-alerts-state]");
  const live = root.querySelector("[data-alerts-live]");
  const openAt = new Map(); // each open alert that was announced, and how serious it was
  let after = Number(text.after) || 0;
  let socket = null;
  let joinedAt = 0;
  let failures = 0;
  let timer = null;
  let gathering = null;
  let newAlerts = 0;
  let unseen = 0;
  const unconfirmed = []; // calls that came while nobody could see the page
  const title = document.title;
  const sound = setUpSound(root.querySelector("[data-alerts-sound]"));

  function setState(state) {
    if (root.dataset.state === state) return;
    root.dataset.state = state;
    stateText.textContent = text[`text${state[0].toUpperCase()}${state.slice(1)}`];
  }

  function open() {
    clearTimeout(timer);
    const address = new URL(text.url, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    address.searchParams.set("after", after);
    socket = new WebSocket(address);
    socket.addEventListener("message", (event) => receive(event.data));
    socket.addEventListener("close", closed);
  }

  function closed(event) {
    if (event.target !== socket) return;
    socket = null;
    if (joinedAt && Date.now() - joinedAt > STEADY_AFTER_MS) failures = 0;
    joinedAt = 0;
    if (SESSION_ENDED.has(event.code)) return setState("ended");
    failures += 1;
    setState(navigator.onLine && failures <= OFFLINE_AFTER_FAILURES ? "reconnecting" : "offline");
    const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures);
    timer = setTimeout(open, longest / 2 + Math.random() * (longest / 2));
  }

  function reopenNow() {
    if (socket || root.dataset.state === "ended") return;
    failures = 0;
    open();
  }

  // An open socket is not yet in the clinic's group: only after this frame does nothing get past the page.
  function joined(seq) {
    joinedAt = Date.now();
    after = seq;
    setState("live");
  }

  function receive(data) {
    const message = parse(data);
    if (message?.type === "joined") return joined(message.seq);
    if (message?.type === "waiting") return document.body.dispatchEvent(new CustomEvent("session:locked"));
    if (message?.type !== "alert" || !(message.seq > after)) return;
    after = message.seq;
    if (message.state === "open" && URGENT_LANES.has(message.lane)) confirm(message.seq);
    if (message.state !== "open") openAt.delete(message.alert);
    else if (URGENT_LANES.has(message.lane) || openAt.get(message.alert) !== message.severity) {
      openAt.set(message.alert, message.severity);
      newAlerts += 1;
    }
    gathering ??= setTimeout(announce, GATHER_MS);
  }

  // The patient is told that the clinic has it only once a visible screen has said so.
  function confirm(seq) {
    unconfirmed.push(seq);
    if (document.hidden || socket?.readyState !== WebSocket.OPEN) return;
    for (const shown of unconfirmed.splice(0)) socket.send(JSON.stringify({ shown }));
  }

  function announce() {
    const count = newAlerts;
    newAlerts = 0;
    gathering = null;
    document.body.dispatchEvent(new CustomEvent("alerts:changed", { detail: { after } }));
    live.textContent = count ? sentence(count) : text.textChanged;
    if (!count) return;
    if (sound.isOn()) playTone();
    if (document.hidden) document.title = `(${(unseen += count)}) ${title}`;
  }

  const sentence = (count) => (count === 1 ? text.textNewOne : text.textNewMany.replace("{n}", count));

  window.addEventListener("online", reopenNow);
  window.addEventListener("offline", () => socket?.close());
  window.addEventListener("pageshow", (event) => event.persisted && reopenNow());
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    unseen = 0;
    document.title = title;
    if (unconfirmed.length) confirm(unconfirmed.pop());
    reopenNow();
  });

  open();
}

function setUpSound(button) {
  let isOn = localStorage.getItem(SOUND_KEY) === "on";
  if (!button) return { isOn: () => false };
  const show = () => button.setAttribute("aria-pressed", String(isOn));
  button.hidden = false;
  button.addEventListener("click", () => {
    isOn = !isOn;
    localStorage.setItem(SOUND_KEY, isOn ? "on" : "off");
    show();
    if (isOn) playTone();
  });
  // Browsers allow sound only after the person has touched the page once.
  document.addEventListener("pointerdown", () => isOn && unlockSound(), { once: true });
  show();
  return { isOn: () => isOn };
}

function parse(data) {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
