// @ts-check
// A session's media channel with the page's own node: packets to samples and back. Runs in the sound worker.
// The first byte of a message says what it is (services/assist/commands/sessions.py, StartedAssist).

import { LEASE_EVERY } from "../../frame/limits.js";
import { socketAddress } from "../../frame/socket-address.js";
import { InOrder, MalformedPacket, SAMPLES, pack, unpack } from "./packet.js";
import { bestCodec } from "./codecs.js";

/** @import { Codec } from "./codecs.js" */

const RENEW = 0x03;
const SOUND = 0x10;
const LEVELS = 0x11;
/** Bytes that may wait to be sent: what is said later than this is not worth hearing. */
const WAITING = 4096;

/** @typedef {{customer: number, agent: number, supervisor: number}} Levels  dBFS */
/** @typedef {{kind: "open"} | {kind: "closed"} | {kind: "failed", text: string} | {kind: "levels", levels: Levels}} LineReport */

export class Line {
  #report;
  #ear;
  #order = new InOrder();
  #socket = /** @type {WebSocket | null} */ (null);
  #codec = /** @type {Codec | null} */ (null);
  #sequence = 0;
  #first = true;
  #timer = /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined);
  #over = false;

  /**
   * @param {MessagePort} ear  takes samples, null where a new stretch of sound begins
   * @param {MessagePort} mouth  gives frames of samples, null where the key was pressed or let go
   * @param {(report: LineReport) => void} report
   */
  constructor(ear, mouth, report) {
    this.#ear = ear;
    this.#report = report;
    mouth.onmessage = ({ data }) => this.#say(/** @type {Float32Array | null} */ (data));
  }

  /**
   * Attach to the session.
   * @param {string} path
   */
  async open(path) {
    const heard = (/** @type {Float32Array} */ samples) => this.#ear.postMessage(samples, [samples.buffer]);
    this.#codec = await bestCodec({ heard, said: (sound) => this.#send(sound), failed: (text) => this.#end({ kind: "failed", text }) });
    if (this.#over) return this.#codec.close();
    const socket = new WebSocket(socketAddress(this.#codec.name === "opus" ? path : `${path}?sound=${this.#codec.name}`));
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#renew();
      this.#timer = setInterval(() => this.#renew(), LEASE_EVERY * 1000);
      this.#report({ kind: "open" });
    };
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ reason }) => this.#end(reason ? { kind: "failed", text: reason } : { kind: "closed" });
    this.#socket = socket;
  }

  /** Tell the node that somebody still listens. */
  #renew() {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(new Uint8Array([RENEW]));
  }

  close() {
    this.#over = true;
    clearInterval(this.#timer);
    this.#socket?.close();
    this.#codec?.close();
  }

  /** @param {LineReport} report */
  #end(report) {
    if (this.#over) return;
    this.close();
    this.#report(report);
  }

  /** @param {unknown} data */
  #receive(data) {
    try {
      if (!(data instanceof ArrayBuffer) || !data.byteLength) throw new MalformedPacket("not a message of sound");
      const [kind] = new Uint8Array(data, 0, 1);
      if (kind === SOUND) this.#hear(data.slice(1));
      else if (kind === LEVELS) this.#report({ kind: "levels", levels: levelsOf(data) });
    } catch (error) {
      this.#end({ kind: "failed", text: error instanceof Error ? error.message : String(error) });
    }
  }

  /** @param {ArrayBuffer} data */
  #hear(data) {
    const packet = unpack(data);
    if (this.#order.missing(packet) === null) return;
    if (packet.first) this.#ear.postMessage(null);
    this.#codec?.decode(packet.sound);
  }

  /** @param {Float32Array | null} samples */
  #say(samples) {
    if (samples === null) this.#first = true;
    else if (!this.#over) this.#codec?.encode(samples);
  }

  /** @param {Uint8Array} sound */
  #send(sound) {
    const sequence = this.#sequence++;
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN || socket.bufferedAmount > WAITING) return;
    const packet = pack({ sequence, timestamp: (sequence * SAMPLES) >>> 0, first: this.#first, sound });
    const message = new Uint8Array(1 + packet.byteLength);
    message[0] = SOUND;
    message.set(new Uint8Array(packet), 1);
    socket.send(message);
    this.#first = false;
  }
}

/**
 * Three signed bytes: how loud customer, agent and supervisor are, in dBFS.
 * @param {ArrayBuffer} data
 * @returns {Levels}
 */
function levelsOf(data) {
  if (data.byteLength !== 4) throw new MalformedPacket(`levels in ${data.byteLength} bytes`);
  const [customer, agent, supervisor] = new Int8Array(data, 1);
  return { customer, agent, supervisor };
}
