// Takes names off a page that nobody uses: after a while, in all windows of this browser at once.
// The server keeps the same clock and refuses by itself; this only clears what stands on the screen already.

const settings = document.querySelector("[data-idle-lock]").dataset;
const LIMIT_MS = Number(settings.seconds) * 1000;
const TELL_EVERY_MS = Math.min(120_000, LIMIT_MS / 4);
const LOOK_EVERY_MS = 5_000;
const SEEN_KEY = "moodvision-seen-at";
const token = JSON.parse(document.body.getAttribute("hx-headers"))["x-csrftoken"];
let toldAt = Date.now();

const post = (fields) =>
  fetch(settings.url, { method: "POST", body: new URLSearchParams(fields), headers: { "X-CSRFToken": token } });

function seen() {
  const now = Date.now();
  localStorage.setItem(SEEN_KEY, now);
  if (now - toldAt < TELL_EVERY_MS) return;
  toldAt = now;
  post({ act: "present" }).then((answer) => answer.redirected && leave(), () => {});
}

function leave() {
  document.body.replaceChildren();
  location.replace(`${settings.url}?next=${encodeURIComponent(location.pathname + location.search)}`);
}

function look() {
  if (Date.now() - Number(localStorage.getItem(SEEN_KEY)) < LIMIT_MS) return;
  document.body.replaceChildren(); // first of all: the network may be gone
  post({ act: "lock" }).finally(leave);
}

localStorage.setItem(SEEN_KEY, Date.now());
for (const kind of ["pointerdown", "pointermove", "keydown", "scroll"]) {
  document.addEventListener(kind, seen, { passive: true });
}
document.addEventListener("visibilitychange", () => document.hidden || look());
document.body.addEventListener("session:locked", leave);
setInterval(look, LOOK_EVERY_MS);
