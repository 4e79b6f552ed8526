import { MAX_CODE, type PixelArray } from '@evenlight/models';
import type { ImagingApi } from './photoshop-api.ts';
import type { DocumentArea } from './document-area.ts';
import { readStrips, type Strip } from './pixel-strips.ts';

/** Rows that are read back: a strip has many, and a wrong profile changes most of them. */
const ROWS = 16;
/** Codes that a profile changes; black, white and what is transparent stay the same in any. */
const TELLING = { from: 0.06, to: 0.94 } as const;
/** Of full scale: 15 bits stored as 16 and floats may come back a little off. */
const TOLERANCE = { uint8: 0, uint15: 1 / 32768, uint16: 1 / 32768, float32: 1e-4 } as const;
/** What a conversion does to at least this share of the telling pixels is one. */
const CHANGED_SHARE = 0.02;

/** `untold`: the rows have nothing that would tell. */
export type ReadBack = 'equal' | 'different' | 'untold';

/** Compares the written pixels with those in the layer: Photoshop converts silently when it uses another profile. */
export async function readBack(
  imaging: ImagingApi,
  layer: DocumentArea,
  { samples, firstRow, rowCount }: Strip,
): Promise<ReadBack> {
  const { image } = layer;
  const channels = layer.alpha === 'separate' ? 1 : image.channels;
  const rows = Math.min(ROWS, rowCount);
  const skipped = Math.floor((rowCount - rows) / 2);
  const part: DocumentArea = {
    ...layer,
    bounds: { ...layer.bounds, top: layer.bounds.top + firstRow + skipped, height: rows },
    image: { ...image, channels, height: rows },
    alpha: channels === 4 ? 'inline' : 'none',
    isConverted: false,
  };
  const rowLength = image.width * channels;
  const written = samples.subarray(skipped * rowLength, (skipped + rows) * rowLength);
  if (!hasTellingPixels(written, channels, MAX_CODE[image.format])) return 'untold';
  for await (const strip of readStrips(imaging, part)) {
    return compare(written, strip.samples, {
      channels,
      full: MAX_CODE[image.format],
      tolerance: TOLERANCE[image.format],
    });
  }
  return 'untold';
}

function hasTellingPixels(samples: PixelArray, channels: number, full: number): boolean {
  for (let i = 0; i < samples.length; i += channels) if (isTelling(samples, i, { channels, full })) return true;
  return false;
}

function isTelling(samples: PixelArray, at: number, { channels, full }: { channels: number; full: number }): boolean {
  if (channels === 4 && samples[at + 3]! < full) return false;
  return samples[at]! > TELLING.from * full && samples[at]! < TELLING.to * full;
}

function compare(
  written: PixelArray,
  found: PixelArray,
  { channels, full, tolerance }: { channels: number; full: number; tolerance: number },
): ReadBack {
  let told = 0;
  let changed = 0;
  const colors = channels === 4 ? 3 : channels;
  for (let i = 0; i < written.length; i += channels) {
    if (!isTelling(written, i, { channels, full })) continue;
    told++;
    for (let c = 0; c < colors; c++) {
      if (Math.abs(written[i + c]! - found[i + c]!) <= tolerance * full) continue;
      changed++;
      break;
    }
  }
  return changed > CHANGED_SHARE * told ? 'different' : 'equal';
}
