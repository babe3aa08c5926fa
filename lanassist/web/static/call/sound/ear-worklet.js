// @ts-check
// Plays what the sound worker decodes. Its port takes Float32Array of mono samples, null to begin anew, or the
// port of the worker; it tells how it fares ten times a second.

import { loudness } from "./level.js";
import { Playout } from "./playout.js";

/** @typedef {{level: number, held: number, gaps: number}} Heard  dBFS; seconds; a count */

/** Blocks of 128 samples between two words about how it fares. */
const EVERY = 38;

class Ear extends AudioWorkletProcessor {
  #playout = new Playout();
  #blocks = 0;

  constructor() {
    super();
    const take = (/** @type {MessageEvent<Float32Array | null>} */ { data }) => (data ? this.#playout.push(data) : this.#playout.clear());
    this.port.onmessage = ({ data: line }) => (line.onmessage = take);
  }

  /**
   * @param {Float32Array[][]} _inputs
   * @param {Float32Array[][]} outputs
   */
  process(_inputs, outputs) {
    const [ear, ...others] = outputs[0];
    if (!ear) return true;
    this.#playout.read(ear);
    for (const other of others) other.set(ear);
    if (++this.#blocks % EVERY === 0) this.port.postMessage({ level: loudness(ear), held: this.#playout.held, gaps: this.#playout.gaps });
    return true;
  }
}

registerProcessor("ear", Ear);
