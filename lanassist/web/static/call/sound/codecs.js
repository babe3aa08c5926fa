// @ts-check
// Samples to a packet's sound and back: Opus where the browser has WebCodecs, plain samples where it has not.

import { RATE, SAMPLES } from "./packet.js";

/** Bits a second of the supervisor's voice. */
const BITRATE = 32_000;
const MICROSECONDS = 1_000_000 / RATE;

/**
 * @typedef {object} Codec
 * @property {string} name  as the node knows it
 * @property {(sound: Uint8Array) => void} decode  gives the samples to whom `heard` names
 * @property {(samples: Float32Array) => void} encode  gives the sound to whom `said` names
 * @property {() => void} close
 */

/**
 * @typedef {object} Told
 * @property {(samples: Float32Array) => void} heard
 * @property {(sound: Uint8Array) => void} said
 * @property {(text: string) => void} failed
 */

/**
 * The best that this browser has.
 * @param {Told} told
 * @returns {Promise<Codec>}
 */
export async function bestCodec(told) {
  if (typeof AudioDecoder === "undefined" || typeof AudioEncoder === "undefined") return plain(told);
  const [ear, mouth] = await Promise.all([AudioDecoder.isConfigSupported(DECODER), AudioEncoder.isConfigSupported(ENCODER)]);
  return ear.supported && mouth.supported ? opus(told) : plain(told);
}

const DECODER = { codec: "opus", sampleRate: RATE, numberOfChannels: 1 };
const ENCODER = /** @type {AudioEncoderConfig} */ ({
  ...DECODER,
  bitrate: BITRATE,
  opus: { application: "voip", complexity: 5, frameDuration: 20_000, useinbandfec: true, packetlossperc: 5 },
});

/**
 * @param {Told} told
 * @returns {Codec}
 */
function opus({ heard, said, failed }) {
  const error = (/** @type {DOMException} */ { message }) => failed(message);
  const decoder = new AudioDecoder({ error, output: (data) => heard(samplesOf(data)) });
  const encoder = new AudioEncoder({ error, output: (chunk) => said(bytesOf(chunk)) });
  decoder.configure(DECODER);
  encoder.configure(ENCODER);
  let received = 0;
  let given = 0;
  return {
    name: "opus",
    decode(sound) {
      decoder.decode(new EncodedAudioChunk({ type: "key", timestamp: received, data: sound }));
      received += SAMPLES * MICROSECONDS;
    },
    encode(samples) {
      const frame = { format: /** @type {const} */ ("f32-planar"), sampleRate: RATE, numberOfChannels: 1, numberOfFrames: samples.length };
      const data = new AudioData({ ...frame, timestamp: given, data: /** @type {Float32Array<ArrayBuffer>} */ (samples) });
      encoder.encode(data);
      data.close();
      given += samples.length * MICROSECONDS;
    },
    close() {
      if (decoder.state !== "closed") decoder.close();
      if (encoder.state !== "closed") encoder.close();
    },
  };
}

/** @param {AudioData} data */
function samplesOf(data) {
  const samples = new Float32Array(data.numberOfFrames);
  data.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
  data.close();
  return samples;
}

/** @param {EncodedAudioChunk} chunk */
function bytesOf(chunk) {
  const bytes = new Uint8Array(chunk.byteLength);
  chunk.copyTo(bytes);
  return bytes;
}

/**
 * @param {Told} told
 * @returns {Codec}
 */
function plain({ heard, said }) {
  return {
    name: "pcm",
    decode(sound) {
      const view = new DataView(sound.buffer, sound.byteOffset, sound.byteLength);
      heard(Float32Array.from({ length: sound.byteLength >> 1 }, (_, index) => view.getInt16(2 * index, true) / 32768));
    },
    encode(samples) {
      const view = new DataView(new ArrayBuffer(2 * samples.length));
      samples.forEach((sample, index) => view.setInt16(2 * index, Math.max(-1, Math.min(1, sample)) * 32767, true));
      said(new Uint8Array(view.buffer));
    },
    close() {},
  };
}
