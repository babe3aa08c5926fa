// @ts-check
// What this browser keeps over reloads: which conversation, and what is not known to have arrived.

/**
 * Words on their way. `seq`: they have arrived as that entry. `why`: they were declined, and wait for the client.
 * @typedef {{id: string, text: string, at: number, seq?: number, why?: string}} Outgoing
 */
/** @typedef {{id: string, name: string, contact: string, category: string, text: string}} Beginning */
/** @typedef {{name: string, conversation: string, beginning: Beginning | null, outbox: Outgoing[]}} Memory */

const KEY = "lanassist-chat";
/** @type {Memory} */
const NOTHING = { name: "", conversation: "", beginning: null, outbox: [] };

let unsaved = NOTHING;

/** @returns {Memory} */
export function remembered() {
  try {
    const text = localStorage.getItem(KEY);
    return text ? { ...NOTHING, ...JSON.parse(text) } : unsaved;
  } catch {
    return unsaved; // a browser that keeps nothing: all is well until the page is reloaded
  }
}

/**
 * Keep these beside what is kept already; another tab may have changed the rest.
 * @param {Partial<Memory>} news
 */
export function remember(news) {
  unsaved = { ...remembered(), ...news };
  try {
    localStorage.setItem(KEY, JSON.stringify(unsaved));
  } catch {
    // as above
  }
}

/** The next conversation begins with nothing but the name. */
export function forget() {
  remember({ ...NOTHING, name: remembered().name });
}

/**
 * Call back when another tab has changed what is kept.
 * @param {() => void} heard
 */
export function onChangeElsewhere(heard) {
  addEventListener("storage", (event) => event.key === KEY && heard());
}

/** An id that nobody else makes. */
export function freshId() {
  // Not randomUUID: browsers offer it over TLS only.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
