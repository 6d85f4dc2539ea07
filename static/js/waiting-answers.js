// Answers that wait for a connection: in this tab, sealed. Their key lies in this browser's IndexedDB, can seal and
// open but not be read out, and goes at sign-out and at the next sign-in page; what it sealed is then nobody's.

const DATABASE = "moodvision-waiting";
const KEYS = "keys";
const PREFIX = "questionnaire-";
let writing = Promise.resolve();

const done = (asked) =>
  new Promise((good, bad) => {
    asked.onsuccess = () => good(asked.result);
    asked.onerror = asked.onblocked = () => bad(asked.error);
  });

async function inKeys(mode, act) {
  const asked = indexedDB.open(DATABASE, 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(KEYS);
  const database = await done(asked);
  try {
    return await act(database.transaction(KEYS, mode).objectStore(KEYS));
  } finally {
    database.close(); // an open one would hold up its deletion
  }
}

const knownKey = () => inKeys("readonly", (keys) => done(keys.get("answers")));

async function keyToSeal() {
  const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  return inKeys("readwrite", async (keys) => {
    const known = await done(keys.get("answers"));
    if (!known) await done(keys.put(fresh, "answers"));
    return known ?? fresh;
  });
}

async function seal(answers) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(answers));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyToSeal(), plain);
  return btoa(String.fromCharCode(...iv, ...new Uint8Array(sealed)));
}

async function write(name, answers) {
  try {
    if (answers.length) sessionStorage.setItem(PREFIX + name, await seal(answers));
    else sessionStorage.removeItem(PREFIX + name);
  } catch {
    // a browser without keys or without storage: they stay in the open page alone
  }
}

/** What waits of one form; nothing where it cannot be opened any more. */
export async function load(name) {
  try {
    const text = sessionStorage.getItem(PREFIX + name);
    if (!text) return [];
    const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
    const opened = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: bytes.slice(0, 12) },
      await knownKey(),
      bytes.slice(12),
    );
    return JSON.parse(new TextDecoder().decode(opened));
  } catch {
    return [];
  }
}

/** One after the other, so that the newest stands last. */
export function store(name, answers) {
  writing = writing.then(() => write(name, answers));
}

/** Takes all of them away, and their key. Returns whether there were any. */
export function forgetAll() {
  let found = false;
  try {
    const names = Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));
    for (const name of names) sessionStorage.removeItem(name);
    found = names.length > 0;
    indexedDB.deleteDatabase(DATABASE);
  } catch {
    // nothing could be kept here either
  }
  return found;
}
