// @ts-check
// Why control ended, in words. Pure.

/**
 * Why control ended, for the supervisor; `name` is the agent's. Other codes come with the node's own words.
 * @param {string} code
 * @param {string} text  the node's
 * @param {string} name
 */
export function endWords(code, text, name) {
  if (code === "reclaimed") return `${name} took it back.`;
  if (code === "link-lost") return `The link to ${name}'s node was lost.`;
  if (code === "taken-again") return "You took control in another window or on the command line.";
  if (code === "lease") return "This page was not heard from for 3 seconds.";
  if (code === "shutdown") return "A node was shut down.";
  if (code === "revoked" || code === "missing-grant") return `Your certificate does not allow it any more: ${text}`;
  if (code === "node-lost") return "This page lost touch with your node.";
  return text ? `${text[0]?.toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}` : "It is over.";
}
