// On the locked page: how many alerts wait, summed over the reader's clinics. No name ever comes over this socket.

const RETRY_MS = 5_000;
const SESSION_ENDED = new Set([4401, 4403, 4404]);
const box = document.querySelector("[data-waiting]");
const counts = new Map();

function show() {
  const values = [...counts.values()];
  const text = box.dataset;
  if (values.includes(null)) return (box.textContent = text.textLost);
  const count = values.reduce((sum, value) => sum + value, 0);
  const many = text.textMany.replace("{n}", count);
  box.textContent = count === 0 ? text.textNone : count === 1 ? text.textOne : many;
  document.title = count ? `(${count}) ${title}` : title;
}

const title = document.title;

function listen(path) {
  const address = new URL(path, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(address);
  socket.addEventListener("message", (event) => {
    const message = JSON.parse(event.data);
    if (message.type === "waiting") {
      counts.set(path, message.count);
      show();
    } else if (message.type === "joined") {
      location.reload(); // unlocked in another window: the server leads back to the page that was asked for
    }
  });
  socket.addEventListener("close", (event) => {
    if (SESSION_ENDED.has(event.code)) return location.reload();
    counts.set(path, null);
    show();
    setTimeout(() => listen(path), RETRY_MS);
  });
}

for (const element of document.querySelectorAll("[data-waiting-url]")) listen(element.dataset.waitingUrl);
