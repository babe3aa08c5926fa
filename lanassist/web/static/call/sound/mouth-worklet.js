// @ts-check
// Gathers the microphone into frames of 20 ms for the sound worker. Its port takes the worker's port once, and
// then whether the key is held: only then does any sample leave here.

import { loudness } from "./level.js";
import { SAMPLES } from "./packet.js";

/** Frames between two words about the level. */
const EVERY = 5;

class Mouth extends AudioWorkletProcessor {
  #line = /** @type {MessagePort | null} */ (null);
  #open = false;
  #frame = new Float32Array(SAMPLES);
  #filled = 0;
  #frames = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => {
      if (data instanceof MessagePort) this.#line = data;
      else this.#switch(data === true);
    };
  }

  /** @param {boolean} open */
  #switch(open) {
    if (open === this.#open) return;
    this.#open = open;
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
    if (this.#open && this.#line) this.#line.postMessage(this.#frame.slice());
    this.#filled = 0;
  }
}

registerProcessor("mouth", Mouth);
