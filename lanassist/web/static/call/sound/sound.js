// @ts-check
// The page's ear and mouth for one call: the sound card on one side, the sound worker on the other.

import { faultOf } from "./faults.js";

/** @import { Heard } from "./ear-worklet.js" */
/** @import { LineReport } from "./line.js" */
/** @import { Gate } from "./mouth-worklet.js" */
/** @import { SoundOrder } from "./sound-worker.js" */

/**
 * What is told of the sound: it flows; its channel ended; how it is heard, and how loud the microphone is, ten
 * times a second; the microphone is there or why not; the browser waits for a click before it plays anything.
 * @typedef {LineReport
 *   | {kind: "heard", level: number, held: number, gaps: number}
 *   | {kind: "spoken", level: number}
 *   | {kind: "microphone", fault: string}
 *   | {kind: "silenced", on: boolean}} SoundReport
 */

/** @typedef {{output: string, microphone: string, processing: boolean}} Devices  ids; empty: the default */

/** Milliseconds after which a held key is told of again. */
const HOLD_AGAIN = 100;

export class CallSound {
  #context = new AudioContext({ sampleRate: 48_000, latencyHint: "interactive" });
  #worker = new Worker(new URL("./sound-worker.js", import.meta.url), { type: "module" });
  #mouth = /** @type {AudioWorkletNode | null} */ (null);
  #microphone = /** @type {MediaStream | null} */ (null);
  #holding = /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined);
  #report;
  #over = false;

  /** @param {(report: SoundReport) => void} report */
  constructor(report) {
    this.#report = (/** @type {SoundReport} */ news) => this.#over || report(news);
    this.#worker.onmessage = ({ data }) => this.#report(data);
    this.#worker.onerror = ({ message }) => this.#report({ kind: "failed", text: message || "the page's sound could not be loaded" });
    this.#context.onstatechange = () => this.#report({ kind: "silenced", on: this.#context.state === "suspended" });
  }

  /**
   * Hear the session, and have the microphone ready, closed.
   * @param {string} path
   * @param {Devices} devices
   */
  async open(path, devices) {
    const here = (/** @type {string} */ module) => new URL(module, import.meta.url).href;
    await Promise.all([this.#context.audioWorklet.addModule(here("./ear-worklet.js")), this.#context.audioWorklet.addModule(here("./mouth-worklet.js"))]);
    if (this.#over) return;
    const ear = new AudioWorkletNode(this.#context, "ear", { numberOfInputs: 0, outputChannelCount: [2] });
    this.#mouth = new AudioWorkletNode(this.#context, "mouth", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    ear.port.onmessage = (/** @type {MessageEvent<Heard>} */ { data }) => this.#report({ kind: "heard", ...data });
    this.#mouth.port.onmessage = ({ data }) => this.#report({ kind: "spoken", level: data.level });
    const [toEar, toMouth] = [new MessageChannel(), new MessageChannel()];
    ear.port.postMessage(toEar.port1, [toEar.port1]);
    this.#mouth.port.postMessage(toMouth.port1, [toMouth.port1]);
    ear.connect(this.#context.destination);
    this.#tell({ kind: "open", path, ear: toEar.port2, mouth: toMouth.port2 }, [toEar.port2, toMouth.port2]);
    await Promise.all([this.play(), this.use(devices)]);
  }

  /**
   * Use these devices from now on.
   * @param {Devices} devices
   */
  async use(devices) {
    await Promise.all([this.#choose(devices.output), this.#listenTo(devices)]);
  }

  /** After a click: browsers let no page make a sound before one. */
  async play() {
    await Promise.race([this.#context.resume(), new Promise((later) => void setTimeout(later, 300))]);
    this.#report({ kind: "silenced", on: this.#context.state === "suspended" });
  }

  /**
   * Take this microphone; what it hears stays in the page until the key is held.
   * @param {Devices} devices
   */
  async #listenTo({ microphone, processing }) {
    try {
      const wanted = { channelCount: 1, echoCancellation: processing, noiseSuppression: processing, autoGainControl: processing };
      const stream = await navigator.mediaDevices.getUserMedia({ audio: microphone ? { ...wanted, deviceId: { exact: microphone } } : wanted });
      if (this.#over || !this.#mouth) return stop(stream);
      stop(this.#microphone);
      this.#microphone = stream;
      this.#context.createMediaStreamSource(stream).connect(this.#mouth);
      for (const track of stream.getTracks()) track.onended = () => this.#report({ kind: "microphone", fault: "The microphone was unplugged or taken away. Choose another one." });
      this.#report({ kind: "microphone", fault: "" });
    } catch (error) {
      this.#report({ kind: "microphone", fault: faultOf(error) });
    }
  }

  /** @param {string} output */
  async #choose(output) {
    const context = /** @type {AudioContext & {setSinkId?: (id: string) => Promise<void>}} */ (this.#context);
    await context.setSinkId?.(output).catch(() => undefined);
  }

  /**
   * Let what the microphone hears out, or keep it in: held is while a key is down, open until told otherwise.
   * @param {Gate} gate
   */
  gate(gate) {
    clearInterval(this.#holding);
    this.#mouth?.port.postMessage(gate);
    if (gate === "held") this.#holding = setInterval(() => this.#mouth?.port.postMessage(gate), HOLD_AGAIN);
  }

  close() {
    this.#over = true;
    this.gate("shut");
    stop(this.#microphone);
    this.#tell({ kind: "close" });
    void this.#context.close().catch(() => undefined);
  }

  /**
   * @param {SoundOrder} order
   * @param {Transferable[]} [given]
   */
  #tell(order, given = []) {
    this.#worker.postMessage(order, given);
  }
}

/** @param {MediaStream | null} stream */
function stop(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
