import type { PixelArray, SampleFormat } from '@evenlight/models';

/** The samples that lie in a buffer of their own. */
export function samplesIn(buffer: ArrayBuffer, format: SampleFormat): PixelArray {
  switch (format) {
    case 'uint8':
      return new Uint8Array(buffer);
    case 'uint15':
    case 'uint16':
      return new Uint16Array(buffer);
    case 'float32':
      return new Float32Array(buffer);
  }
}
