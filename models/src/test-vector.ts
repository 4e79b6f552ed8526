import { ModelError } from './errors.ts';
import type { Size } from './image.ts';
import type { ProxyImage } from './proxy.ts';
import { meanOf } from './measure/mean-of.ts';

/**
 * What a network must answer to a test picture. An engine is checked against it before it is
 * used. The picture is computed from the seed, so only a few values of the answer are stored.
 *
 * Form, little endian: "EVTV", u8 version 1, 3 bytes 0, u32 seed, u32 width, u32 height, u32 outputLength, f64 mean,
 * u32 count, then count × (u32 index, f32 value).
 */
export interface TestVector {
  readonly seed: number;
  /** Size of the picture. */
  readonly width: number;
  readonly height: number;
  /** Values in the network's output. */
  readonly outputLength: number;
  /** Their mean. */
  readonly mean: number;
  readonly samples: readonly { readonly index: number; readonly value: number }[];
}

/** An engine's output may differ from the stored one by this much. Float32 in another order of addition gives 1e-5. */
export const TEST_VECTOR_TOLERANCE = 1e-3;

const MAGIC = 0x56545645; // "EVTV"
const HEADER_BYTES = 36;
const SAMPLE_BYTES = 8;
const MAX_SAMPLES = 65_536;
const SAMPLES = 512;

/** A picture for tests, sRGB-encoded 0..1: a dark gradient between four colours, patches over it, and noise. */
export function createTestPicture(seed: number, { width, height }: Size): ProxyImage {
  const random = createRandom(seed);
  const corners = Array.from({ length: 12 }, () => random() * 0.5);
  const patches = Array.from({ length: 8 }, () => ({
    left: random() * 0.8 * width,
    top: random() * 0.8 * height,
    right: (0.2 + random() * 0.8) * width,
    bottom: (0.2 + random() * 0.8) * height,
    color: [random(), random(), random()],
  }));
  const pixels = new Float32Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    const down = (y + 0.5) / height;
    for (let x = 0; x < width; x++) {
      const right = (x + 0.5) / width;
      const noise = (random() - 0.5) * 0.06;
      for (let c = 0; c < 3; c++, at++) {
        const top = corners[c]! * (1 - right) + corners[c + 3]! * right;
        const bottom = corners[c + 6]! * (1 - right) + corners[c + 9]! * right;
        let value = top * (1 - down) + bottom * down;
        for (const patch of patches) {
          const isInside = x >= patch.left && x < patch.right && y >= patch.top && y < patch.bottom;
          if (isInside) value += (patch.color[c]! - value) * 0.4;
        }
        pixels[at] = Math.min(1, Math.max(0, value + noise));
      }
    }
  }
  return { width, height, pixels };
}

/** The test vector of a network's `output` to `createTestPicture(seed, size)`. */
export function createTestVector(seed: number, { width, height }: Size, output: Float32Array): TestVector {
  const random = createRandom(seed ^ 0x5bd1e995);
  const samples = Array.from({ length: Math.min(SAMPLES, output.length) }, () => {
    const index = Math.floor(random() * output.length);
    return { index, value: output[index]! };
  });
  return { seed, width, height, outputLength: output.length, mean: meanOf(output), samples };
}

/**
 * The largest difference between an output and the stored one; infinite if it has the wrong number of values or one of them
 * is no number.
 */
export function differenceFromTestVector(vector: TestVector, output: Float32Array): number {
  if (output.length !== vector.outputLength) return Infinity;
  let difference = Math.abs(meanOf(output) - vector.mean);
  for (const { index, value } of vector.samples) difference = Math.max(difference, Math.abs(output[index]! - value));
  return Number.isFinite(difference) ? difference : Infinity;
}

/** The file's bytes: see {@link TestVector}. */
export function serializeTestVector(vector: TestVector): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + vector.samples.length * SAMPLE_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint8(4, 1);
  view.setUint32(8, vector.seed, true);
  view.setUint32(12, vector.width, true);
  view.setUint32(16, vector.height, true);
  view.setUint32(20, vector.outputLength, true);
  view.setFloat64(24, vector.mean, true);
  view.setUint32(32, vector.samples.length, true);
  for (const [i, { index, value }] of vector.samples.entries()) {
    view.setUint32(HEADER_BYTES + i * SAMPLE_BYTES, index, true);
    view.setFloat32(HEADER_BYTES + i * SAMPLE_BYTES + 4, value, true);
  }
  return bytes;
}

/** @throws ModelError `BAD_OUTPUT` for bytes that are no test vector */
export function deserializeTestVector(bytes: Uint8Array): TestVector {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || view.getUint32(0, true) !== MAGIC || view.getUint8(4) !== 1) {
    throw new ModelError('BAD_OUTPUT', 'file is no test vector of version 1');
  }
  const count = view.getUint32(32, true);
  const needed = HEADER_BYTES + count * SAMPLE_BYTES;
  if (count > MAX_SAMPLES || bytes.length !== needed) {
    throw new ModelError('BAD_OUTPUT', `test vector has ${bytes.length} bytes, its ${count} samples need ${needed}`);
  }
  const outputLength = view.getUint32(20, true);
  const samples = Array.from({ length: count }, (_, i) => ({
    index: view.getUint32(HEADER_BYTES + i * SAMPLE_BYTES, true),
    value: view.getFloat32(HEADER_BYTES + i * SAMPLE_BYTES + 4, true),
  }));
  return {
    seed: view.getUint32(8, true),
    width: view.getUint32(12, true),
    height: view.getUint32(16, true),
    outputLength,
    mean: view.getFloat64(24, true),
    samples,
  };
}

/** Mulberry32 (Tommy Ettinger, 2017, public domain): integer arithmetic alone, so every JavaScript engine agrees. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
