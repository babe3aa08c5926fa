// @ts-check
// Gathers the microphone into frames of 20 ms for the sound worker. Its port takes the worker's port once, and
// then whether it is open: only then does any sample leave here. "held" has to be said again and again, so that
// the mouth of a page that hangs with the key down closes by itself.

import { loudness } from "./level.js";
import { SAMPLES } from "./packet.js";

/** @typedef {"shut" | "held" | "open"} Gate */

/** Frames between two words about the level. */
const EVERY = 5;
/** Frames for which one "held" counts. */
const HELD = 20;

class Mouth extends AudioWorkletProcessor {
  #line = /** @type {MessagePort | null} */ (null);
  #gate = /** @type {Gate} */ ("shut");
  #left = 0;
  #frame = new Float32Array(SAMPLES);
  #filled = 0;
  #frames = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => {
      if (data instanceof MessagePort) this.#line = data;
      else this.#switch(/** @type {Gate} */ (data));
    };
  }

  /** @param {Gate} gate */
  #switch(gate) {
    const anew = (gate === "shut") !== (this.#gate === "shut");
    this.#gate = gate;
    this.#left = HELD;
    if (!anew) return;
    this.#filled = 0;
    this.#line?.postMessage(null);
  }

  /** @param {Float32Array[][]} inputs */
  process([[samples]]) {
    if (samples) for (let start = 0; start < samples.length; ) start += this.#fill(samples.subarray(start));
    return true;
  }

  /**
   * Take in as many as there is room for; how many.
   * @param {Float32Array} samples
   */
  #fill(samples) {
    const taken = samples.subarray(0, SAMPLES - this.#filled);
    this.#frame.set(taken, this.#filled);
    this.#filled += taken.length;
    if (this.#filled === SAMPLES) this.#full();
    return taken.length;
  }

  #full() {
    if (++this.#frames % EVERY === 0) this.port.postMessage({ level: loudness(this.#frame) });
    this.#filled = 0;
    if (this.#gate === "held" && --this.#left < 0) this.#switch("shut");
    if (this.#gate !== "shut") this.#line?.postMessage(this.#frame.slice());
  }
}

registerProcessor("mouth", Mouth);
