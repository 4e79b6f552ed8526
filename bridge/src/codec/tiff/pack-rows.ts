import { channelCount } from '../stored-picture.ts';
import type { TiffPage } from './tiff-page.ts';

/** The bytes of rows as TIFF stores them: little endian, with the predictor's differences where there is one. */
export function packRows(samples: Uint8Array | Uint16Array | Float32Array, page: TiffPage, rows: number): Uint8Array {
  const channels = channelCount(page);
  const rowSamples = page.width * channels;
  const hasPredictor = page.method === 'lzw' || page.method === 'deflate';
  const isLab = page.model === 'lab';
  if (samples instanceof Float32Array)
    return hasPredictor ? floatDifferences(samples, rowSamples, rows, channels) : bytesOf(samples);
  if (!hasPredictor && !isLab) return bytesOf(samples);
  const stored = samples.slice();
  const middle = stored instanceof Uint16Array ? 0x8000 : 0x80;
  for (let pixel = 0; isLab && pixel < stored.length; pixel += channels) {
    stored[pixel + 1] = stored[pixel + 1]! ^ middle;
    stored[pixel + 2] = stored[pixel + 2]! ^ middle;
  }
  for (let row = 0; hasPredictor && row < rows; row++) {
    const start = row * rowSamples;
    for (let at = start + rowSamples - 1; at >= start + channels; at--)
      stored[at] = stored[at]! - stored[at - channels]!;
  }
  return bytesOf(stored);
}

/** Adobe Photoshop TIFF Technical Note 3: the highest bytes of a row's floats first, then differences of bytes. */
function floatDifferences(samples: Float32Array, rowSamples: number, rows: number, channels: number): Uint8Array {
  const from = bytesOf(samples);
  const bytes = new Uint8Array(from.length);
  for (let row = 0; row < rows; row++) {
    const start = row * rowSamples * 4;
    for (let at = 0; at < rowSamples; at++) {
      for (let byte = 0; byte < 4; byte++) bytes[start + byte * rowSamples + at] = from[start + at * 4 + 3 - byte]!;
    }
    for (let at = start + rowSamples * 4 - 1; at >= start + channels; at--)
      bytes[at] = bytes[at]! - bytes[at - channels]!;
  }
  return bytes;
}

/** As they lie in memory: every processor that Node runs on is little endian. */
function bytesOf(samples: Uint8Array | Uint16Array | Float32Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}
