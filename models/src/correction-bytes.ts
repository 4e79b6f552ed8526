import { CELL_COEFFICIENTS, COEFFICIENT_SCALE, createCorrection, type Correction } from './correction.ts';
import { ModelError } from './errors.ts';

/*
 * Layout, little endian:
 *   0  u8[4]  magic "EVLC"
 *   4  u8     version = 1
 *   5  u8     gridWidth
 *   6  u8     gridHeight
 *   7  u8     gridDepth
 *   8  f32×3  guide weights
 *  20  f32    guide gamma
 *  24  i16×n  coefficients × 4096, n = gridHeight · gridWidth · gridDepth · 12
 */
const MAGIC = [0x45, 0x56, 0x4c, 0x43];
const VERSION = 1;
const HEADER_BYTES = 24;

/** The compact binary form: 24 + 2·n bytes, 196 632 for a 32×32×8 grid. Nothing is lost. */
export function serializeCorrection(correction: Correction): Uint8Array {
  const { gridWidth, gridHeight, gridDepth, guide, coefficients } = correction;
  const bytes = new Uint8Array(HEADER_BYTES + coefficients.length * 2);
  const view = new DataView(bytes.buffer);
  bytes.set([...MAGIC, VERSION, gridWidth, gridHeight, gridDepth]);
  guide.weights.forEach((weight, index) => {
    view.setFloat32(8 + index * 4, weight, true);
  });
  view.setFloat32(20, guide.gamma, true);
  for (let i = 0; i < coefficients.length; i++) {
    view.setInt16(HEADER_BYTES + i * 2, coefficients[i]! * COEFFICIENT_SCALE, true);
  }
  return bytes;
}

/**
 * Reads the binary form.
 *
 * @throws ModelError `BAD_CORRECTION` for any other bytes
 */
export function deserializeCorrection(bytes: Uint8Array): Correction {
  if (bytes.length < HEADER_BYTES) {
    throw new ModelError(
      'BAD_CORRECTION',
      `correction has ${bytes.length} bytes, its header alone needs ${HEADER_BYTES}`,
    );
  }
  if (MAGIC.some((byte, index) => bytes[index] !== byte)) {
    const got = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new ModelError('BAD_CORRECTION', `correction starts with ${got}, needs 45 56 4c 43 ("EVLC")`);
  }
  if (bytes[4] !== VERSION) {
    throw new ModelError('BAD_CORRECTION', `correction has version ${bytes[4]!}, needs ${VERSION}`);
  }
  const [gridWidth, gridHeight, gridDepth] = [bytes[5]!, bytes[6]!, bytes[7]!];
  const count = gridWidth * gridHeight * gridDepth * CELL_COEFFICIENTS;
  if (bytes.length !== HEADER_BYTES + count * 2) {
    const grid = `${gridWidth}×${gridHeight}×${gridDepth}`;
    throw new ModelError(
      'BAD_CORRECTION',
      `correction of ${grid} has ${bytes.length} bytes, needs ${HEADER_BYTES + count * 2}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const coefficients = new Float32Array(count);
  for (let i = 0; i < count; i++) coefficients[i] = view.getInt16(HEADER_BYTES + i * 2, true) / COEFFICIENT_SCALE;
  const weights = [view.getFloat32(8, true), view.getFloat32(12, true), view.getFloat32(16, true)] as const;
  const guide = { weights, gamma: view.getFloat32(20, true) };
  return createCorrection({ gridWidth, gridHeight, gridDepth, guide, coefficients });
}
