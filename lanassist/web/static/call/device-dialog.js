// @ts-check
// Headset and microphone: which, and whether they work.

import { Dialog } from "../frame/dialog.js";
import { html } from "../frame/html.js";
import { useEffect, useState } from "../vendor/preact-hooks.mjs";
import { devices, present } from "./devices.js";
import { Meter } from "./meter.js";
import { soundTest } from "./sound/sound-test.js";
import { SILENCE } from "./sound/level.js";

/** @typedef {{outputs: MediaDeviceInfo[], microphones: MediaDeviceInfo[]}} Present */

/** @param {{chosen?: () => void, close: () => void}} props  chosen: another device was */
export function DeviceDialog({ chosen, close }) {
  const [there, setThere] = useState(/** @type {Present} */ ({ outputs: [], microphones: [] }));
  const look = () => void present().then(setThere);
  useEffect(() => {
    look();
    navigator.mediaDevices?.addEventListener("devicechange", look);
    return () => navigator.mediaDevices?.removeEventListener("devicechange", look);
  }, []);
  const choose = (/** @type {Partial<typeof devices.value>} */ change) => {
    devices.value = { ...devices.peek(), ...change };
    chosen?.();
  };
  const { output, microphone, processing } = devices.value;
  return html`
    <${Dialog} title="Headset and microphone" close=${close}>
      <div class="device-form">
        <${Choice} label="Hear calls on" value=${output} among=${there.outputs} choose=${(/** @type {string} */ id) => choose({ output: id })} />
        <${Choice} label="Speak with" value=${microphone} among=${there.microphones} choose=${(/** @type {string} */ id) => choose({ microphone: id })} />
        <label class="check"><input type="checkbox" checked=${processing} onChange=${() => choose({ processing: !processing })} />
          Reduce echo and noise <small class="muted">off for a good headset</small></label>
        <${Test} ready=${look} />
      </div>
      <div class="foot"><p></p><button type="button" class="primary" onClick=${close}>Done</button></div>
    <//>
  `;
}

/** @param {{label: string, value: string, among: readonly MediaDeviceInfo[], choose: (id: string) => void}} props */
function Choice({ label, value, among, choose }) {
  const gone = value !== "" && !among.some((each) => each.deviceId === value);
  return html`
    <label class="field"><span>${label}</span>
      <select value=${value} onChange=${(/** @type {Event} */ event) => choose(/** @type {HTMLSelectElement} */ (event.target).value)}>
        <option value="">The browser's default</option>
        ${gone && html`<option value=${value}>Not plugged in at the moment</option>`}
        ${among.map((each) => html`<option key=${each.deviceId} value=${each.deviceId}>${each.label || "Unnamed device"}</option>`)}
      </select>
    </label>
  `;
}

/** @param {{ready: () => void}} props */
function Test({ ready }) {
  const [level, setLevel] = useState(SILENCE);
  const [words, setWords] = useState("");
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    setWords("You should hear a tone. Speak, and the bar moves.");
    setWords(await soundTest(devices.peek(), setLevel));
    setBusy(false);
    ready();
  };
  return html`
    <div class="sound-test">
      <button type="button" aria-disabled=${busy ? "true" : undefined} onClick=${() => busy || void run()}>Test the sound</button>
      <${Meter} label="Microphone" level=${level} />
      <p class="muted" role="status">${words}</p>
    </div>
  `;
}
