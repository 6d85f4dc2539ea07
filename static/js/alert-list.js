// The list of alerts by keyboard, and its drawer. Every link works without this: it opens the alert's own page.

const WIDE = window.matchMedia("(min-width: 64rem)");
const root = document.querySelector("[data-alert-list]");
if (root) start(root);

function start(root) {
  const drawer = root.querySelector("[data-drawer]");
  const body = root.querySelector("[data-drawer-body]");
  let current = null; // the id of the alert that has the focus: rows are fetched anew
  let opener = null;

  const rows = () => [...root.querySelectorAll("[data-alert]")].filter((row) => !drawer.contains(row));
  const rowOf = (id) => rows().find((row) => row.dataset.alert === id);

  function mark(row, focuses) {
    for (const one of rows()) one.classList.toggle("alert-row--current", one === row);
    current = row?.dataset.alert ?? null;
    if (row && focuses) row.querySelector("[data-alert-link]").focus();
  }

  function step(by) {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.dataset.alert === current);
    mark(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))], true);
  }

  function open(link) {
    opener = link.closest("[data-alert]").dataset.alert;
    mark(rowOf(opener), false);
    drawer.hidden = false;
    link.dispatchEvent(new CustomEvent("drawer:open", { bubbles: false }));
    drawer.focus();
  }

  function close() {
    if (drawer.hidden) return;
    drawer.hidden = true;
    body.replaceChildren();
    mark(rowOf(opener), true);
  }

  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-alert-link]");
    const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) && event.button === 0;
    if (link && !drawer.contains(link) && isPlain && WIDE.matches) {
      event.preventDefault();
      open(link);
    } else if (event.target.closest("[data-drawer-close]")) close();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return close();
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "t") rowOf(current)?.querySelector("[data-alert-take]")?.click();
  });

  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "alerts" && current) mark(rowOf(current), false);
  });
}
