// Imported by the service worker (/sw.js): shows a message, and opens its link. No patient data comes this way.
self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data?.json() ?? {};
  } catch {
    // a push we cannot read still has to be shown: browsers punish silent ones
  }
  const options = { body: said.body ?? "", tag: said.tag ?? "message", data: { url: said.url ?? "/" } };
  event.waitUntil(self.registration.showNotification(said.title || "MoodVision", options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const wanted = new URL(event.notification.data?.url ?? "/", self.location.origin);
  const address = wanted.origin === self.location.origin ? wanted.href : self.location.origin;
  event.waitUntil(self.clients.openWindow(address));
});
