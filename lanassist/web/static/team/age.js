// @ts-check

import { tickingNow } from "../frame/board.js";
import { useMemo } from "../vendor/preact-hooks.mjs";
import { computed } from "../vendor/signals.mjs";

/**
 * How long since a moment, in words that go with the clock. Only this one text of the page changes, and only
 * when it reads differently: nothing around it is rendered again.
 * @param {{since: number, words: (span: number) => string}} props  since: the node's clock, in seconds
 */
export function Age({ since, words }) {
  return useMemo(() => computed(() => words(tickingNow() - since)), [since, words]);
}
