// @ts-check

/**
 * The address of a WebSocket of this page's own node; also right inside a worker.
 * @param {string} path
 */
export function socketAddress(path) {
  const address = new URL(path, self.location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}
