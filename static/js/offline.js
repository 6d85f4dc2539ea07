// Lets this browser keep the crisis page for when there is no connection. A patient's page names their clinic's.

const { worker, keep } = document.querySelector("[data-worker]").dataset;

if ("serviceWorker" in navigator && window.isSecureContext) {
  navigator.serviceWorker.register(worker).catch(() => {}); // a browser that refuses still has the page itself
  if (keep) navigator.serviceWorker.ready.then(({ active }) => active.postMessage({ keep }));
}
