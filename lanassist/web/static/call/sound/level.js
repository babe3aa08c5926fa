// @ts-check

/** dBFS: nothing at all. */
export const SILENCE = -120;

/**
 * Loudness of samples in dBFS (RMS); SILENCE for nothing.
 * @param {Float32Array} samples
 */
export function loudness(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return samples.length && sum ? Math.max(SILENCE, 10 * Math.log10(sum / samples.length)) : SILENCE;
}
