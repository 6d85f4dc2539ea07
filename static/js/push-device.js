// Subscribes this browser to notifications, once somebody asks for it.
const form = document.querySelector("[data-push-device]");
const isAble = form && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

const bytesOf = (text) => {
  const padded = text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4);
  return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0));
};

const textOf = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const nameOfBrowser = () => {
  const about = navigator.userAgentData;
  const brand = about?.brands?.find(({ brand }) => !/not.?a.?brand|chromium/i.test(brand))?.brand;
  return [brand ?? navigator.userAgent.match(/Firefox|Edg|Chrome|Safari/)?.[0], about?.platform ?? ""].filter(Boolean).join(", ");
};

const subscribe = async () => {
  if ((await Notification.requestPermission()) !== "granted") throw new Error("denied");
  await navigator.serviceWorker.register("/sw.js");
  const worker = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: bytesOf(form.dataset.key) };
  await (await worker.pushManager.getSubscription())?.unsubscribe();
  return worker.pushManager.subscribe(options);
};

if (isAble) {
  form.hidden = false;
  document.querySelector("[data-push-missing]").hidden = true;
  form.querySelector("[data-push-subscribe]").addEventListener("click", async () => {
    try {
      const subscription = await subscribe();
      form.elements.endpoint.value = subscription.endpoint;
      form.elements.p256dh.value = textOf(subscription.getKey("p256dh"));
      form.elements.auth.value = textOf(subscription.getKey("auth"));
      form.elements.label.value = nameOfBrowser();
      form.submit();
    } catch {
      document.querySelector("[data-push-refused]").hidden = false;
    }
  });
}
