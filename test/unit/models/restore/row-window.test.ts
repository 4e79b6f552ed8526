import { colorSpaces, type ImageDescription } from '@evenlight/models';
import { type CorrectedRows, RowWindow } from '@evenlight/models/src/restore/row-window.ts';
import { describe, expect, it } from 'vitest';

const image: ImageDescription = { width: 2, height: 6, channels: 3, format: 'uint16', colorSpace: colorSpaces.srgb };

/** Strips of so many rows, and which of them were read; the last entry is `closed` when reading was stopped. */
function stripsOf(...rowCounts: readonly number[]) {
  const strips = rowCounts.map((rowCount): CorrectedRows => {
    return { original: new Uint16Array(rowCount * 6), corrected: new Uint16Array(rowCount * 6), rowCount };
  });
  const log: unknown[] = [];
  async function* read() {
    try {
      for (const [i, strip] of strips.entries()) {
        log.push(i);
        yield await Promise.resolve(strip);
      }
    } finally {
      log.push('closed');
    }
  }
  return { strips, log, window: new RowWindow(read(), image) };
}

describe('the rows that are needed at a time', () => {
  it('are read strip by strip, as far as asked for', async () => {
    const { strips, log, window } = stripsOf(2, 3, 1);
    await window.readTo(2);
    expect(log).toEqual([0]);
    await window.readTo(3);
    expect(log).toEqual([0, 1]);
    [
      [0, 0, 0],
      [1, 0, 6],
      [2, 1, 0],
      [4, 1, 12],
    ].forEach(([row, strip, start]) => {
      const { original, corrected } = strips[strip!]!;
      expect(window.row(row!)).toEqual({ original, corrected, start });
      expect(window.row(row!).original).toBe(original);
      expect(window.row(row!).corrected).toBe(corrected);
    });
  });

  it('are let go of from the top', async () => {
    const { window } = stripsOf(4, 2);
    await window.readTo(4);
    window.dropTo(2);
    expect(() => window.row(1)).toThrow('row 1 is not in the window: 2 to 4 are');
    expect(() => window.row(4)).toThrow('row 4 is not in the window: 2 to 4 are');
    expect(window.row(2).start).toBe(12);
  });

  it('cannot be more than there are', async () => {
    await expect(stripsOf(2, 1).window.readTo(4)).rejects.toThrow('the picture ended at row 3, needs 4');
  });

  it('are gone when reading stops, wherever it is', async () => {
    const { log, window } = stripsOf(2, 2, 2);
    await window.readTo(1);
    await window.close();
    expect(log).toEqual([0, 'closed']);
    expect(() => window.row(0)).toThrow('row 0 is not in the window');
  });

  it('have an array of their format for what becomes of them', () => {
    const { window } = stripsOf(1);
    expect(window.emptyRows(3)).toEqual(new Uint16Array(3 * 2 * 3));
    expect(window.width).toBe(2);
  });
});
