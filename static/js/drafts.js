// Keeps on the server what is being written about a patient or by them, and puts it back after an unlock: a page
// that locks itself loses nothing. Nothing is kept in the browser.

const KEPT = "textarea, [data-draft]";
const WAIT_MS = 1500;
const token = JSON.parse(document.body.getAttribute("hx-headers"))["x-csrftoken"];
const waiting = new Map(); // a field, and the timer after which it is saved

const placeOf = (form) => new URL(form.action, location.href).pathname;
const rootOf = (field) => field.closest("[data-drafts]");

function save(field) {
  clearTimeout(waiting.get(field));
  waiting.delete(field);
  const body = new URLSearchParams({ place: placeOf(field.form), field: field.name, text: field.value });
  fetch(rootOf(field).dataset.drafts, { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": token } }).catch(() => {});
}

function saveAll() {
  for (const field of [...waiting.keys()]) save(field);
}

function written(event) {
  const field = event.target;
  if (!field.matches(KEPT) || !field.form || !rootOf(field)) return;
  clearTimeout(waiting.get(field));
  waiting.set(field, setTimeout(() => save(field), WAIT_MS));
}

async function restore(root) {
  if (root.dataset.isRestored || !root.querySelector(KEPT)) return;
  root.dataset.isRestored = "yes";
  const answer = await fetch(root.dataset.drafts);
  if (!answer.ok || answer.redirected) return;
  const { drafts } = await answer.json();
  for (const draft of drafts) put(root, draft);
}

function put(root, { place, field, text }) {
  for (const form of root.tagName === "FORM" ? [root] : root.querySelectorAll("form")) {
    const target = form.elements[field];
    if (placeOf(form) !== place || !target?.matches?.(KEPT) || target.value === text) continue;
    if (target.value && target.value !== target.defaultValue) continue; // something newer is being written
    target.value = text;
    target.closest("details")?.setAttribute("open", "");
    const notice = document.createElement("p");
    notice.className = "soft small";
    notice.setAttribute("role", "status");
    notice.textContent = root.dataset.textRestored;
    target.after(notice);
  }
}

const restoreAll = () => {
  for (const root of document.querySelectorAll("[data-drafts]")) restore(root).catch(() => {});
};

document.addEventListener("input", written);
document.addEventListener("submit", (event) => {
  for (const field of [...waiting.keys()]) if (field.form === event.target) save(field); // it may meet a lock
});
document.addEventListener("visibilitychange", () => document.hidden && saveAll());
window.addEventListener("pagehide", saveAll);
document.body.addEventListener("htmx:afterSettle", restoreAll);
restoreAll();
