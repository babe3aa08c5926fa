// @ts-check

import { faultOf } from "./faults.js";
import { SILENCE, loudness } from "./level.js";

/** @import { Devices } from "./sound.js" */

const SECONDS = 3;
/** dBFS above which somebody was heard. */
const HEARD = -55;

/**
 * Play a soft tone for a second and listen to the microphone for three; what was found, in words.
 * @param {Devices} devices
 * @param {(level: number) => void} show  dBFS, as long as it lasts
 */
export async function soundTest({ output, microphone, processing }, show) {
  const context = /** @type {AudioContext & {setSinkId?: (id: string) => Promise<void>}} */ (new AudioContext());
  try {
    await context.setSinkId?.(output).catch(() => undefined);
    await context.resume();
    ring(context);
    const processed = { echoCancellation: processing, noiseSuppression: processing, autoGainControl: processing };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: microphone ? { ...processed, deviceId: { exact: microphone } } : processed });
    const loudest = await listen(context, stream, show);
    for (const track of stream.getTracks()) track.stop();
    return loudest > HEARD ? "The microphone works." : "The microphone is silent. Is it muted, or is it another one?";
  } catch (error) {
    return faultOf(error);
  } finally {
    show(SILENCE);
    await context.close();
  }
}

/** @param {AudioContext} context */
function ring(context) {
  const tone = new OscillatorNode(context, { frequency: 660 });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.linearRampToValueAtTime(0.15, context.currentTime + 0.05);
  volume.gain.setValueAtTime(0.15, context.currentTime + 0.9);
  volume.gain.linearRampToValueAtTime(0, context.currentTime + 1);
  tone.connect(volume).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 1);
}

/**
 * @param {AudioContext} context
 * @param {MediaStream} stream
 * @param {(level: number) => void} show
 */
async function listen(context, stream, show) {
  const analyser = new AnalyserNode(context, { fftSize: 2048 });
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let loudest = SILENCE;
  for (let turn = 0; turn < SECONDS * 10; turn++) {
    await new Promise((later) => void setTimeout(later, 100));
    analyser.getFloatTimeDomainData(samples);
    const level = loudness(samples);
    loudest = Math.max(loudest, level);
    show(level);
  }
  return loudest;
}
