// @ts-check
// The one door for commands: POST /api/<command> with JSON in and out.

/** Why a command was declined: the code, and the sentence for people. */
export class Refused extends Error {
  /**
   * @param {string} code
   * @param {string} text
   */
  constructor(code, text) {
    super(text);
    this.code = code;
  }
}

/**
 * What went wrong, for people.
 * @param {unknown} error
 */
export function wordsOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Carry out a command; the answer is its reply. Throws Refused.
 * @param {string} name
 * @param {Record<string, unknown>} fields
 * @param {{keepalive?: boolean}} [options]  keepalive: the request outlives the page
 * @returns {Promise<any>}
 */
export async function command(name, fields, { keepalive = false } = {}) {
  const response = await post(name, fields, keepalive);
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw new Refused(answer.code ?? "error", answer.text ?? `The node answered with ${response.status}.`);
}

/**
 * @param {string} name
 * @param {Record<string, unknown>} fields
 * @param {boolean} keepalive
 */
async function post(name, fields, keepalive) {
  try {
    return await fetch(`/api/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fields),
      keepalive,
    });
  } catch {
    throw new Refused("node-unreachable", "Your own node does not answer. Is it running?");
  }
}
