// @ts-check
// Which headset and microphone this browser uses for calls. Kept in the browser: ids mean nothing elsewhere.

import { effect, signal } from "../vendor/signals.mjs";

/** @import { Signal } from "../vendor/signals.mjs" */
/** @import { Devices } from "./sound/sound.js" */

const KEY = "lanassist.call.devices";
const DEFAULTS = Object.freeze({ output: "", microphone: "", processing: true });

/** @returns {Devices} */
function remembered() {
  try {
    const { output, microphone, processing } = { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
    return { output: String(output), microphone: String(microphone), processing: processing !== false };
  } catch {
    return DEFAULTS;
  }
}

export const devices = /** @type {Signal<Devices>} */ (signal(remembered()));

effect(() => {
  try {
    localStorage.setItem(KEY, JSON.stringify(devices.value));
  } catch {
    return; // a browser that keeps nothing asks again the next time
  }
});

/**
 * What there is to choose from. Browsers name them once the microphone was allowed.
 * @returns {Promise<{outputs: MediaDeviceInfo[], microphones: MediaDeviceInfo[]}>}
 */
export async function present() {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  const of = (/** @type {MediaDeviceKind} */ kind) => all.filter((each) => each.kind === kind && each.deviceId !== "" && each.deviceId !== "default");
  return { outputs: of("audiooutput"), microphones: of("audioinput") };
}
