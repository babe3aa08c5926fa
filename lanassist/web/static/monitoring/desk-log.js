// @ts-check
// A log as its desk has it, for what no agent mirrors. Reading leaves no trace.

import { command, wordsOf } from "../frame/api.js";
import { useEffect, useState } from "../vendor/preact-hooks.mjs";

/** @import { Entry } from "../conversation/conversation-types.js" */

/** Milliseconds between two questions whether there is more. */
const FOLLOW_EVERY = 2000;

/** @typedef {{entries: readonly Entry[], whole: boolean, failure: string}} DeskLog  whole: read to its end */

const NOTHING = /** @type {DeskLog} */ (Object.freeze({ entries: [], whole: false, failure: "" }));

/**
 * Read it part after part, and then what is added. Give the component a key of the conversation.
 * @param {string} conversation
 * @param {{wanted?: boolean, follow?: boolean}} [how]  follow: go on asking
 * @returns {DeskLog}
 */
export function useDeskLog(conversation, { wanted = true, follow = false } = {}) {
  const [log, setLog] = useState(NOTHING);
  useEffect(() => {
    if (!wanted) return;
    let there = true;
    let timer = 0;
    const read = async (/** @type {readonly Entry[]} */ before) => {
      let entries = before;
      try {
        const answer = await command("conversations.read", { conversation, after: before.at(-1)?.seq ?? 0 });
        if (!there) return;
        if (answer.entries.length) entries = [...before, ...answer.entries];
        const whole = !answer.more || !answer.entries.length;
        setLog((old) => (old.entries === entries && old.whole === whole && !old.failure ? old : { entries, whole, failure: "" }));
        if (!whole) return void read(entries);
      } catch (refused) {
        if (!there) return;
        setLog({ entries, whole: false, failure: wordsOf(refused) });
      }
      if (follow) timer = setTimeout(() => void read(entries), FOLLOW_EVERY);
    };
    void read([]);
    return () => {
      there = false;
      clearTimeout(timer);
    };
  }, [conversation, wanted, follow]);
  return log;
}
