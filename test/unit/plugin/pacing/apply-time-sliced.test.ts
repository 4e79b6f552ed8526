import { colorSpaces, createApplier, createCorrection, DEFAULT_GUIDE, type ImageDescription } from '@evenlight/models';
import { applyTimeSliced } from '@evenlight/plugin/src/pacing/apply-time-sliced.ts';
import { systemClock } from '@evenlight/protocol';
import { describe, expect, it } from 'vitest';

const image: ImageDescription = { width: 37, height: 64, channels: 4, format: 'uint15', colorSpace: colorSpaces.srgb };
const rowLength = image.width * image.channels;
const source = Uint16Array.from({ length: rowLength * image.height }, (_, i) => (i * 7919) % 32769);
const coefficients = [1.4, 0, 0, 0.02, 0, 1.3, 0, 0, 0, 0.1, 1.2, 0];
const correction = createCorrection({ gridWidth: 1, gridHeight: 1, gridDepth: 1, guide: DEFAULT_GUIDE, coefficients });

describe('applyTimeSliced', () => {
  it('gives the pixels that applying everything at once gives', async () => {
    const applier = createApplier(correction, { strength: 0.8, evBias: 0.3 }, image);
    const expected = new Uint16Array(source.length);
    applier.applyRows(source, expected, { firstRow: 0, rowCount: image.height });
    const samples = source.slice();
    for (const [firstRow, rowCount] of [
      [0, 23],
      [23, 41],
    ] as const) {
      const strip = samples.subarray(firstRow * rowLength, (firstRow + rowCount) * rowLength);
      await applyTimeSliced(applier, { samples: strip, firstRow, rowCount, rowLength }, { clock: systemClock });
    }
    expect(samples).toEqual(expected);
    expect(samples).not.toEqual(source);
  });
});
