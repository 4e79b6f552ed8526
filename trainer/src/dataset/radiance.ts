import { TrainerError } from '../errors.ts';

/** A linear-light picture; `light` is interleaved RGB, `[height][width][3]`, in the file's own (relative) units. */
export interface LinearPicture {
  readonly width: number;
  readonly height: number;
  readonly light: Float32Array;
}

/**
 * Decodes a Radiance RGBE picture (`#?RADIANCE`, FORMAT=32-bit_rle_rgbe, `-Y h +X w`), flat or with the adaptive run-length
 * coding of "Real Pixels" (Ward, Graphics Gems II, 1991).
 *
 * @throws TrainerError `BAD_IMAGE` when the header or a scan line is not of that form.
 */
export function decodeRadiance(bytes: Uint8Array): LinearPicture {
  const { width, height, offset } = readHeader(bytes);
  const light = new Float32Array(width * height * 3);
  const line = new Uint8Array(width * 4);
  let at = offset;
  for (let y = 0; y < height; y++) {
    at = readScanLine(bytes, at, line, width);
    for (let x = 0; x < width; x++) {
      const exponent = line[3 * width + x]!;
      // v = (mantissa + 0.5) / 256 · 2^(e−128); exponent 0 means black.
      const scale = exponent === 0 ? 0 : 2 ** (exponent - 136);
      const out = (y * width + x) * 3;
      light[out] = (line[x]! + 0.5) * scale;
      light[out + 1] = (line[width + x]! + 0.5) * scale;
      light[out + 2] = (line[2 * width + x]! + 0.5) * scale;
    }
  }
  return { width, height, light };
}

function readHeader(bytes: Uint8Array): { width: number; height: number; offset: number } {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, 4096));
  const size = /^-Y (\d+) \+X (\d+)\n/m.exec(text);
  if (!text.startsWith('#?') || !size) {
    throw new TrainerError('BAD_IMAGE', `not a Radiance picture: begins with ${JSON.stringify(text.slice(0, 16))}`);
  }
  return { width: Number(size[2]), height: Number(size[1]), offset: size.index + size[0].length };
}

/** Reads one line into four planes (R, G, B, E) of `width` bytes each; returns the offset behind it. */
function readScanLine(bytes: Uint8Array, start: number, line: Uint8Array, width: number): number {
  let at = start;
  const isRunLength = bytes[at] === 2 && bytes[at + 1] === 2 && (bytes[at + 2]! << 8) + bytes[at + 3]! === width;
  if (!isRunLength) {
    if (at + 4 * width > bytes.length) throw truncated(bytes.length);
    for (let x = 0; x < width; x++) for (let c = 0; c < 4; c++) line[c * width + x] = bytes[at++]!;
    return at;
  }
  at += 4;
  for (let x = 0; x < 4 * width;) {
    const count = bytes[at++];
    if (count === undefined || at >= bytes.length) throw truncated(bytes.length);
    const isRun = count > 128;
    const length = isRun ? count - 128 : count;
    if (length === 0 || x + length > 4 * width) throw truncated(bytes.length);
    if (isRun) line.fill(bytes[at++]!, x, x + length);
    else for (let i = 0; i < length; i++) line[x + i] = bytes[at++]!;
    x += length;
  }
  return at;
}

function truncated(size: number): TrainerError {
  return new TrainerError('BAD_IMAGE', `Radiance picture of ${size} bytes ends or breaks inside a scan line`);
}
