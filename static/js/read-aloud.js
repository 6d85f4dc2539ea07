// Reads the questions aloud with the browser's own voice, after asking whether anybody else can hear them.
// Nothing leaves the device: only voices that are installed on it are used.
const box = document.querySelector("[data-read-aloud]");
const speech = globalThis.speechSynthesis;
if (box && speech) setUp(box);

function setUp(box) {
  const part = (name) => box.querySelector(`[data-read-${name}]`);
  const ask = part("ask");
  let isReading = false;

  function show(reading) {
    isReading = reading;
    ask.textContent = reading ? box.dataset.textStop : box.dataset.textStart;
    ask.hidden = false;
    part("question").hidden = true;
  }

  function stop() {
    speech.cancel();
    show(false);
  }

  function read() {
    show(true);
    const voice = speech.getVoices().find((one) => one.localService && one.lang.startsWith(box.lang));
    const texts = [...document.querySelectorAll("[data-read]")].map((one) => one.textContent.trim());
    texts.forEach((text, at) => {
      const said = new SpeechSynthesisUtterance(text);
      said.lang = box.lang;
      if (voice) said.voice = voice;
      if (at === texts.length - 1) said.onend = () => show(false);
      speech.speak(said);
    });
  }

  ask.addEventListener("click", () => {
    if (isReading) {
      stop();
      return;
    }
    ask.hidden = true;
    part("question").hidden = false;
    part("no").focus();
  });
  part("yes").addEventListener("click", read);
  part("no").addEventListener("click", () => {
    show(false);
    ask.focus();
  });
  addEventListener("pagehide", stop);
  box.hidden = false;
}
