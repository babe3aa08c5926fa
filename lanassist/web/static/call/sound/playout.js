// @ts-check
// Between the network and the ear: holds just enough sound that none is missing, and keeps up with a sender
// whose clock is not ours. Pure: samples in, samples out; it is read from the worklet that plays.

const RATE = 48_000;
/** Seconds of sound that are held to begin with, and at the most. */
const FIRST_TARGET = 0.04;
const MOST = 0.25;
/** A gap that was heard makes the target longer by this; quiet time makes it shorter by less. */
const LONGER = 0.02;
const SHORTER = 0.005;
/** Seconds without a gap, after which a little less is held. */
const CALM = 10;
/** How much faster or slower than life it may play; not to be heard in speech. */
const STRETCH = 0.005;
/** Of the difference from the target that is made good in a second. */
const GAIN = 0.05;
/** Seconds over which sound begins and ends, so that nothing clicks. */
const RAMP = 0.005;
/** Seconds of the last sound that are repeated, ever softer, where some is missing. */
const REPEATED = 0.01;
const REPEATS = 4;

export class Playout {
  #ring = new Float32Array(RATE);
  #written = 0;
  /** Where the next sample is read, in samples since the beginning; a fraction while it stretches. */
  #at = 0;
  #playing = false;
  #level = 0;
  #target = FIRST_TARGET * RATE;
  #depth = FIRST_TARGET * RATE;
  #calm = 0;
  #lost = 0;
  /** The last sound that was played, for what is missing. */
  #tail = new Float32Array(REPEATED * RATE);
  #repeat = 0;
  /** Times that sound was missing. */
  gaps = 0;

  /** Seconds of sound that are held now. */
  get held() {
    return Math.max(0, this.#written - this.#at) / RATE;
  }

  /** Seconds of sound that are meant to be held. */
  get target() {
    return this.#target / RATE;
  }

  /** @param {Float32Array} samples  mono, 48 kHz */
  push(samples) {
    const room = this.#ring.length;
    for (let index = 0; index < samples.length; index++) this.#ring[(this.#written + index) % room] = samples[index];
    this.#written += samples.length;
    // What is far too much (the page slept) is dropped, and the newest is heard.
    if (this.#written - this.#at > (MOST + 0.1) * RATE) this.#at = this.#written - this.#target;
    if (!this.#playing && this.#written - this.#at >= this.#target) this.#playing = true;
  }

  /** Forget what is held: another stretch of sound begins. */
  clear() {
    this.#at = this.#written;
    this.#playing = false;
  }

  /**
   * Fill `out` with what is to be heard now.
   * @param {Float32Array} out
   */
  read(out) {
    const step = this.#step(out.length);
    for (let index = 0; index < out.length; index++) {
      if (this.#playing && this.#written - this.#at < 2) this.#missed();
      const wanted = this.#playing ? 1 : 0;
      this.#level += Math.max(-1 / (RAMP * RATE), Math.min(1 / (RAMP * RATE), wanted - this.#level));
      out[index] = this.#playing ? this.#level * this.#next(step) : this.#repeated();
    }
    this.#settle(out.length);
  }

  /** @param {number} step */
  #next(step) {
    const whole = Math.floor(this.#at);
    const part = this.#at - whole;
    const room = this.#ring.length;
    const sample = this.#ring[whole % room] * (1 - part) + this.#ring[(whole + 1) % room] * part;
    this.#at += step;
    this.#tail[this.#repeat = (this.#repeat + 1) % this.#tail.length] = sample;
    this.#lost = 0;
    return sample;
  }

  #missed() {
    this.gaps++;
    this.#calm = 0;
    this.#playing = false;
    this.#target = Math.min(MOST * RATE, this.#target + LONGER * RATE);
  }

  /** The last sound again, softer each time, then nothing. */
  #repeated() {
    const most = REPEATS * this.#tail.length;
    if (this.#lost >= most) return 0;
    const softer = 1 - this.#lost++ / most;
    this.#repeat = (this.#repeat + 1) % this.#tail.length;
    return this.#tail[this.#repeat] * softer * softer;
  }

  /**
   * Samples to go on for each one played: a little more than one while too much is held.
   * @param {number} length
   */
  #step(length) {
    if (!this.#playing) return 1;
    // What is held goes up and down with each packet: it is looked at over about a second.
    this.#depth += ((this.#written - this.#at) - this.#depth) * Math.min(1, length / RATE);
    const surplus = (this.#depth - this.#target - RATE / 100) / RATE;
    return 1 + Math.max(-STRETCH, Math.min(STRETCH, surplus * GAIN));
  }

  /** @param {number} length */
  #settle(length) {
    if (!this.#playing) return;
    this.#calm += length / RATE;
    if (this.#calm < CALM) return;
    this.#calm = 0;
    this.#target = Math.max(FIRST_TARGET * RATE, this.#target - SHORTER * RATE);
  }
}
