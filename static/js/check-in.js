// The check-in form: a photo from the camera goes into the ordinary file input, so one form post serves all.
// Without this module the form works by upload; the server then fills in time, zone and key itself.
import { Camera, CameraError } from "./camera.js";

const MAX_BYTES = 10 * 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;
const PHOTO_AGE_LIMIT_MS = 7 * DAY_MS; // the server's limit: a photo beyond it would not be used

const form = document.querySelector("form[data-check-in]");
if (form) {
  const panel = form.querySelector("div[data-camera]");
  const photo = panel ? setUpPhoto(panel, form.querySelector('input[type="file"][name="image"]')) : null;
  setUpSubmit(form, photo);
}

function setUpPhoto(panel, input) {
  const part = (name) => panel.querySelector(`[data-camera-${name}]`);
  const camera = new Camera(part("video"));
  let takenAt = null;
  let previewUrl = null;

  function show(state, text) {
    const isLive = state === "live";
    const hasPhoto = state === "photo";
    part("stage").hidden = state === "idle";
    part("video").hidden = !isLive;
    part("guide").toggleAttribute("hidden", !isLive); // an SVG has no hidden property
    part("preview").hidden = !hasPhoto;
    part("start").hidden = isLive || hasPhoto;
    part("take").hidden = !isLive;
    part("retake").hidden = !hasPhoto;
    part("clear").hidden = state === "idle";
    part("status").textContent = panel.dataset[`text${text[0]?.toUpperCase() ?? ""}${text.slice(1)}`] ?? "";
  }

  function preview(file, at, isMirrored, text) {
    if (previewUrl) URL.revokeObjectURL(previewUrl);
    previewUrl = URL.createObjectURL(file);
    part("preview").src = previewUrl;
    part("preview").classList.toggle("camera__mirrored", isMirrored);
    takenAt = new Date(at);
    show("photo", text);
  }

  function clear(text = "") {
    camera.stop();
    input.value = "";
    takenAt = null;
    show("idle", text);
  }

  async function start() {
    clear("starting");
    part("start").disabled = true;
    try {
      await camera.start();
      if (!camera.isRunning) return;
      show("live", "ready");
      part("take").focus();
    } catch (error) {
      show("idle", reasonOf(error));
    } finally {
      part("start").disabled = false;
    }
  }

  async function take() {
    try {
      const file = await camera.take("check-in.jpg");
      const transfer = new DataTransfer();
      transfer.items.add(file);
      input.files = transfer.files;
      preview(file, Date.now(), true, "taken");
      part("retake").focus();
    } catch (error) {
      clear(reasonOf(error));
    }
  }

  function chosen() {
    camera.stop();
    const file = input.files[0];
    if (!file) return clear();
    if (file.size > MAX_BYTES) return clear("large");
    const at = Math.min(file.lastModified || Date.now(), Date.now()); // some pickers do not know it: 0
    const age = Date.now() - at;
    if (age > PHOTO_AGE_LIMIT_MS) return clear("stale"); // else the answers beside it would count for that day
    preview(file, at, false, age > DAY_MS ? "old" : "chosen");
  }

  part("start").addEventListener("click", start);
  part("take").addEventListener("click", take);
  part("retake").addEventListener("click", start);
  part("clear").addEventListener("click", () => {
    clear();
    part("start").focus();
  });
  part("preview").addEventListener("error", () => (part("stage").hidden = true));
  input.addEventListener("change", chosen);
  window.addEventListener("pagehide", () => camera.stop());
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && camera.isRunning) clear();
  });

  part("live").hidden = false;
  show("idle", window.isSecureContext ? "" : "insecure");
  if (!window.isSecureContext) part("start").hidden = true;
  return { stop: () => camera.stop(), takenAt: () => takenAt };
}

function reasonOf(error) {
  return error instanceof CameraError ? error.reason : "failed";
}

function setUpSubmit(form, photo) {
  const button = form.querySelector("[data-submit]") ?? form.querySelector('button[type="submit"]');
  const key = form.querySelector("[data-idempotency-key]");
  let isSent = false;

  if (key && !key.value && crypto.randomUUID) key.value = crypto.randomUUID();

  form.addEventListener("submit", (event) => {
    if (isSent) {
      event.preventDefault();
      return;
    }
    isSent = true;
    photo?.stop();
    fill(form, "[data-captured-at]", isoWithOffset(photo?.takenAt() ?? new Date()));
    fill(form, "[data-zone]", Intl.DateTimeFormat().resolvedOptions().timeZone ?? "");
    button?.setAttribute("aria-disabled", "true");
    if (button?.dataset.textSending) button.textContent = button.dataset.textSending;
  });

  // Back from the next page: the same key stays, so sending the same body again is the same check-in.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    isSent = false;
    button?.removeAttribute("aria-disabled");
  });
}

function fill(form, selector, value) {
  const input = form.querySelector(selector);
  if (input) input.value = value;
}

function isoWithOffset(date) {
  const minutes = -date.getTimezoneOffset();
  const pad = (number) => String(Math.floor(Math.abs(number))).padStart(2, "0");
  const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, 19);
  return `${local}${minutes < 0 ? "-" : "+"}${pad(minutes / 60)}:${pad(minutes % 60)}`;
}
