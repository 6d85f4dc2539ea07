// On every page: say when an htmx request failed, bring errors to the reader, close menus.

const notice = document.querySelector("[data-request-error]");

function showRequestError(isShown) {
  if (notice) notice.hidden = !isShown;
}

document.body.addEventListener("htmx:sendError", () => showRequestError(true));
document.body.addEventListener("htmx:timeout", () => showRequestError(true));
document.body.addEventListener("htmx:responseError", () => showRequestError(true));
document.body.addEventListener("htmx:afterOnLoad", () => showRequestError(false));

document.querySelector("[data-form-errors]")?.focus();

// On a phone the navigation scrolls: it starts at the place where the reader is.
const here = document.querySelector(".nav [aria-current]");
const nav = here?.closest(".nav");
if (nav && nav.scrollWidth > nav.clientWidth) {
  const [place, frame] = [here.getBoundingClientRect(), nav.getBoundingClientRect()];
  nav.scrollLeft += place.left - frame.left - (frame.width - place.width) / 2;
}

const menus = [...document.querySelectorAll("[data-menu]")];
document.addEventListener("click", (event) => {
  for (const menu of menus) if (menu.open && !menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = menus.find((one) => one.open);
  if (event.key !== "Escape" || !menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
