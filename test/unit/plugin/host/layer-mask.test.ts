import { fillMaskRows, type MaskParts } from '@evenlight/plugin/src/host/layer-mask.ts';
import { describe, expect, it } from 'vitest';

function maskRows(parts: MaskParts, width: number, rows: { firstRow: number; rowCount: number }): Uint8Array {
  const samples = new Uint8Array(width * rows.rowCount);
  fillMaskRows(samples, parts, width, rows.firstRow);
  return samples;
}

const bounds = (left: number, top: number, width: number, height: number) => ({ left, top, width, height });

describe('the rows of a mask', () => {
  it('are the product of its parts, exact for 0 and 255', () => {
    const selection = { bounds: bounds(1, 0, 2, 2), values: new Uint8Array([255, 128, 0, 255]) };
    const opacity = { bounds: bounds(0, 0, 4, 2), values: new Uint8Array([255, 255, 128, 255, 0, 255, 255, 255]) };
    expect(Array.from(maskRows({ selection, opacity }, 4, { firstRow: 0, rowCount: 2 }))).toEqual([
      0, 255, 64, 0, 0, 0, 255, 0,
    ]);
  });

  it('are the same however they are cut into strips', () => {
    const values = Uint8Array.from({ length: 30 }, (_, i) => i * 8);
    const mask = { width: 3, height: 2, values: Float32Array.from([0, 0.5, 1, 1, 0.25, 0]) };
    const parts = {
      selection: { bounds: bounds(2, 1, 6, 5), values },
      luminosity: { bounds: bounds(1, 0, 7, 7), mask },
    };
    const whole = maskRows(parts, 9, { firstRow: 0, rowCount: 8 });
    const cut = [0, 3, 6].map((firstRow) =>
      Array.from(maskRows(parts, 9, { firstRow, rowCount: Math.min(3, 8 - firstRow) })),
    );
    expect(cut.flat()).toEqual(Array.from(whole));
  });

  it('stretch a luminosity mask bilinearly over the picture, and go on beyond it', () => {
    const mask = { width: 2, height: 1, values: Float32Array.from([0, 1]) };
    const rows = maskRows({ luminosity: { bounds: bounds(1, 0, 4, 1), mask } }, 6, { firstRow: 0, rowCount: 1 });
    // Cell centres at x = 2 and x = 4, pixel centres at x + 0.5.
    expect(Array.from(rows)).toEqual([0, 0, 64, 191, 255, 255]);
  });
});
