// Two soft notes, made by the browser itself.

const NOTES_HZ = [660, 880];
const NOTE_S = 0.18;
const LOUDNESS = 0.12;

let context = null;

export function unlockSound() {
  context ??= new AudioContext();
  return context.resume();
}

export async function playTone() {
  await unlockSound();
  NOTES_HZ.forEach((frequency, index) => {
    const start = context.currentTime + index * NOTE_S;
    const oscillator = new OscillatorNode(context, { frequency });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, start + NOTE_S);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + NOTE_S);
  });
}
