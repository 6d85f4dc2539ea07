// Opens the country this device's clock is in; says when this page stands in for one that could not be reached.

const places = [...document.querySelectorAll("[data-country]")];
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const here = places.find((place) => place.dataset.zones.split(" ").includes(zone));

if (here) {
  for (const place of places) place.open = place === here;
  here.parentElement.prepend(here);
}

const isInstead = !location.pathname.startsWith("/crisis/");
const notice = document.querySelector("[data-offline]");
const again = document.querySelector("[data-again]");

if (isInstead) {
  notice.hidden = false;
  again.hidden = false;
  again.addEventListener("click", () => location.reload());
}
