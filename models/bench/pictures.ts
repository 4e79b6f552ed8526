import { createCorrection, type Correction, type SampleFormat } from '@evenlight/models';

/** The size of a grid of the shipped model. Each cell says something else, and the pictures run through all depths in each. */
export function wavyCorrection(gamma: number): Correction {
  const size = { gridWidth: 32, gridHeight: 32, gridDepth: 16 };
  const coefficients = Float32Array.from({ length: 32 * 32 * 16 * 12 }, (_, i) => {
    const k = i % 12;
    return (k === 0 || k === 5 || k === 10 ? 1.2 : 0) + 0.1 * Math.sin(i * 0.37);
  });
  return createCorrection({ ...size, guide: { weights: [0.25, 0.5, 0.25], gamma }, coefficients });
}

export function samplesOf(format: SampleFormat, length: number): Uint8Array | Uint16Array | Float32Array {
  const wave = (i: number): number => 0.5 + 0.5 * Math.sin(i * 0.0137 + (i % 3));
  if (format === 'uint8') return Uint8Array.from({ length }, (_, i) => wave(i) * 255);
  if (format === 'float32') return Float32Array.from({ length }, (_, i) => wave(i));
  return Uint16Array.from({ length }, (_, i) => wave(i) * (format === 'uint15' ? 32768 : 65535));
}
