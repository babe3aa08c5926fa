// @ts-check
// Canvases that are drawn on, wherever the viewer runs.

/** @typedef {HTMLCanvasElement | OffscreenCanvas} Canvas */
/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context */

/**
 * @param {number} width
 * @param {number} height
 * @returns {Canvas}
 */
export function newCanvas(width, height) {
  if (typeof OffscreenCanvas !== "undefined") return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement("canvas"), { width, height });
}

/**
 * @param {Canvas} canvas
 * @returns {Context}
 */
export function contextOf(canvas) {
  const context = /** @type {Context | null} */ (canvas.getContext("2d", { alpha: false }));
  if (!context) throw new Error("this browser gives no 2d canvas");
  return context;
}
