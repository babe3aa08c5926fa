// @ts-check
// Why an assist ended, in words.

/** Why it ended, as its own supervisor reads it. Other codes come with the node's words. */
const WORDS = /** @type {Record<string, string>} */ ({
  stopped: "you closed it",
  closed: "the page was closed or reloaded",
  navigated: "you went to another view",
  lease: "this page was not heard from for 3 seconds",
});

/**
 * @param {string} code
 * @param {string} [text]  the node's words
 */
export function endWords(code, text) {
  return WORDS[code] ?? text ?? "it is over";
}
