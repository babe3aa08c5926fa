// @ts-check
// Renews control each second, on a thread of its own: the timers of a hidden page are held back by browsers,
// and a busy page is late. It ends with its page, and then so does the lease.

import { Refused, command } from "../frame/api.js";
import { LEASE_EVERY } from "../frame/limits.js";

self.onmessage = (/** @type {MessageEvent<{session: string}>} */ { data: { session } }) => {
  setInterval(() => void renew(session), LEASE_EVERY * 1000);
};

/** @param {string} session */
async function renew(session) {
  try {
    await command("control.renew", { session });
  } catch (error) {
    const [code, text] = error instanceof Refused ? [error.code, error.message] : ["error", String(error)];
    postMessage({ code, text });
  }
}
