// @ts-check
// The addresses of the supervisor's pages.

/**
 * The address of an agent's page, with the displays to watch at once.
 * @param {string} node
 * @param {readonly number[]} [displays]
 */
export function agentPage(node, displays = []) {
  const query = `agent=${encodeURIComponent(node)}`;
  return `/supervisor/agents?${displays.length ? `${query}&glance=${displays.join(",")}` : query}`;
}

/**
 * The address of one display alone, 1:1.
 * @param {string} node
 * @param {number} display
 */
export function displayPage(node, display) {
  return `/supervisor/glance?agent=${encodeURIComponent(node)}&display=${display}`;
}
