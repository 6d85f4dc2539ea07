// Whoever signs out, or meets the page that asks to sign in, leaves no answers behind in this tab for the next person.
import { forgetAll } from "./waiting-answers.js";

const notice = document.querySelector("[data-answers-gone]");
if (notice && forgetAll()) notice.hidden = false;

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-sign-out]")) forgetAll();
});
