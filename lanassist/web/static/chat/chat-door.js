// @ts-check
// What the page may ask of the desk.

const ANSWER_DEADLINE = 20;

/** Declined in a sentence. `wait`: seconds after which it may be tried again; 0: not by itself. */
export class Declined extends Error {
  /**
   * @param {string} code
   * @param {string} text
   * @param {number} wait
   */
  constructor(code, text, wait) {
    super(text);
    this.code = code;
    this.wait = wait;
  }
}

/** Nobody answers. */
export class Unreachable extends Error {}

/**
 * @param {string} what
 * @param {Record<string, unknown>} fields
 */
export const tell = (what, fields) =>
  ask(`/chat/${what}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(fields) });

/**
 * What the page has missed after an entry.
 * @param {string} conversation
 * @param {number} after
 */
export const read = (conversation, after) => ask(`/chat/read?${new URLSearchParams({ conversation, after: String(after) })}`, {});

/**
 * @param {string} path
 * @param {RequestInit} options
 * @returns {Promise<any>}
 */
async function ask(path, options) {
  const response = await fetch(path, { ...options, signal: AbortSignal.timeout(ANSWER_DEADLINE * 1000) }).catch(() => null);
  if (response === null) throw new Unreachable();
  if (response.status === 204) return {};
  const answer = await response.json().catch(() => null);
  if (answer === null) throw new Unreachable();
  if (response.ok) return answer;
  throw new Declined(answer.code ?? "error", answer.text ?? "That did not work. Please reload the page.", Number(response.headers.get("Retry-After") ?? 0));
}
