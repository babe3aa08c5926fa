// @ts-check

const WORDS = /** @type {Readonly<Record<string, string>>} */ ({
  NotAllowedError: "This browser does not let the page use the microphone. Allow it beside the address, then try again.",
  NotFoundError: "There is no microphone on this machine. Plug one in, then try again.",
  NotReadableError: "The microphone is in use by another program, or does not answer. Close that program, then try again.",
  OverconstrainedError: "The microphone that was chosen is not there any more. Choose another one.",
});

/**
 * Why there is no microphone, for people.
 * @param {unknown} error
 */
export function faultOf(error) {
  if (!navigator.mediaDevices) return "This browser gives no page a microphone here. Open the page at http://127.0.0.1 or http://localhost.";
  const { name, message } = /** @type {Error} */ (error);
  return WORDS[name] ?? `The microphone cannot be used: ${message}`;
}
