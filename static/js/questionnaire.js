// Saves each answer of the whole-page form when it is chosen. Without a connection it waits in this tab, sealed, and
// goes with it: such answers are not for the next person at this device. The form works without this module.
import { load, store } from "./waiting-answers.js";

const KEPT_DAYS = 30;
const RETRY_MS = 15_000;
const PATIENCE_MS = 3_000;
const form = document.querySelector("form[data-questionnaire]");
if (form) setUp(form);

function setUp(form) {
  const round = form.dataset.questionnaire;
  let sending = null;
  let unsent = [];

  form.addEventListener("change", (event) => {
    const question = event.target.closest("[data-question]");
    if (!question) return;
    put({ item: question.dataset.question, value: Number(event.target.value), answered_at: new Date().toISOString() });
    say(question, form.dataset.textSaving);
    send();
  });
  form.addEventListener("submit", async (event) => {
    if (!waiting().length) return;
    event.preventDefault(); // else the page would bring again what is still under way
    await Promise.race([send(), new Promise((done) => setTimeout(done, PATIENCE_MS))]);
    form.submit();
  });
  addEventListener("online", send);
  setInterval(send, RETRY_MS);
  load(round).then((found) => {
    const given = new Set(unsent.map((one) => one.key));
    unsent = [...found.filter((one) => !given.has(one.key)), ...unsent];
    if (waiting().length) send();
  });

  function waiting() {
    const oldest = Date.now() - KEPT_DAYS * 24 * 60 * 60 * 1000;
    return unsent.filter((one) => Date.parse(one.answered_at) > oldest);
  }

  function keep(answers) {
    unsent = answers;
    store(round, answers);
  }

  function put(answer) {
    keep([...waiting(), { ...answer, key: crypto.randomUUID() }]);
  }

  function send() {
    sending ??= sendWaiting().finally(() => {
      sending = null;
    });
    return sending;
  }

  async function sendWaiting() {
    const answers = waiting();
    if (!answers.length) return;
    try {
      const body = { answers, was_offline: answers.some((one) => one.has_waited) };
      const response = await fetch(form.dataset.answersUrl, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
        body: JSON.stringify(body),
      });
      const answer = await response.json(); // a page that asks for a sign-in is none
      if (!answer.saved) throw new Error(String(response.status));
      settle(answers, answer);
    } catch {
      keep(waiting().map((one) => ({ ...one, has_waited: true })));
      for (const one of waiting()) say(questionOf(one.item), form.dataset.textOffline);
    }
    form.querySelector("[data-not-sent]").hidden = !waiting().some((one) => one.has_waited);
    if (waiting().some((one) => !one.has_waited)) await sendWaiting();
  }

  function settle(sent, answer) {
    const gone = new Set(sent.map((one) => one.key));
    keep(waiting().filter((one) => !gone.has(one.key)));
    for (const one of answer.saved) say(questionOf(one.item), form.dataset.textSaved);
    for (const one of answer.refused) say(questionOf(one.item), form.dataset.textRefused);
    if (!answer.read_next) return;
    const after = form.querySelector("[data-after-item-nine]");
    after.querySelector("[data-after-link]").href = answer.read_next;
    after.hidden = false;
  }

  function questionOf(item) {
    return form.querySelector(`[data-question="${CSS.escape(item)}"]`);
  }

  function say(question, text) {
    const state = question?.querySelector("[data-question-state]");
    if (state) state.textContent = text;
  }
}
