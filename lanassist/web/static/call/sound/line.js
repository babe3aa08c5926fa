// @ts-check
// A session's media channel with the page's own node: packets to samples and back. Runs in the sound worker.

import { socketAddress } from "../../frame/socket-address.js";
import { InOrder, MalformedPacket, SAMPLES, pack, unpack } from "./packet.js";
import { bestCodec } from "./codecs.js";

/** @import { Codec } from "./codecs.js" */

const RENEW = new Uint8Array([3]);
/** Bytes that may wait to be sent: what is said later than this is not worth hearing. */
const WAITING = 4096;

/** @typedef {{kind: "open"} | {kind: "closed"} | {kind: "failed", text: string}} LineReport */

export class Line {
  #report;
  #ear;
  #order = new InOrder();
  #socket = /** @type {WebSocket | null} */ (null);
  #codec = /** @type {Codec | null} */ (null);
  #sequence = 0;
  #first = true;
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
      this.renew();
      this.#report({ kind: "open" });
    };
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = () => this.#end({ kind: "closed" });
    this.#socket = socket;
  }

  /** Tell the node that somebody still listens. */
  renew() {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(RENEW);
  }

  close() {
    this.#over = true;
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
      if (!(data instanceof ArrayBuffer)) throw new MalformedPacket("a message of text");
      const packet = unpack(data);
      if (this.#order.missing(packet) === null) return;
      if (packet.first) this.#ear.postMessage(null);
      this.#codec?.decode(packet.sound);
    } catch (error) {
      this.#end({ kind: "failed", text: error instanceof Error ? error.message : String(error) });
    }
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
    socket.send(pack({ sequence, timestamp: (sequence * SAMPLES) >>> 0, first: this.#first, sound }));
    this.#first = false;
  }
}
