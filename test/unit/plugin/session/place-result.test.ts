import { describe, expect, it } from 'vitest';
import { outputFor, splitStrength } from '@evenlight/plugin/src/session/place-result.ts';
import type { Source } from '@evenlight/plugin/src/host.ts';
import { FixSetup, recipeWith } from '../../../fakes/plugin/fix-setup.ts';
import { MemoryHost } from '../../../fakes/plugin/memory-host.ts';

function sourceOf(format: Source['image']['format']): Source {
  return { image: { format } } as Source;
}

describe('the strength of a layer', () => {
  it('is its opacity up to 100 %, so that it stays editable', () => {
    expect(splitStrength(sourceOf('uint8'), { strength: 0.6, evBias: 0 }, 'pixels')).toEqual({
      inLayer: { strength: 1, evBias: 0 },
      opacityPercent: 60,
    });
  });

  it('is rounded to whole percents, and 100 % is all of it', () => {
    const shown = (strength: number): number =>
      splitStrength(sourceOf('uint8'), { strength, evBias: 0 }, 'pixels').opacityPercent;
    // 100 times 0.29 and 0.57 are a little less than 29 and 57.
    expect([0, 0.29, 0.57, 1].map(shown)).toEqual([0, 29, 57, 100]);
  });

  it.each([
    ['above 100 %', 'uint8', { strength: 1.3, evBias: 0 }],
    ['with an EV bias, which comes after it', 'uint15', { strength: 0.6, evBias: 1 }],
    ['at 32 bit, where layers blend in linear light', 'float32', { strength: 0.6, evBias: 0 }],
  ] as const)('is in its pixels %s', (_when, format, adjustment) => {
    expect(splitStrength(sourceOf(format), adjustment, 'pixels')).toEqual({
      inLayer: adjustment,
      opacityPercent: 100,
    });
  });

  it('is in a lookup table, however small it is', () => {
    const adjustment = { strength: 0.6, evBias: 0 };
    expect(splitStrength(sourceOf('uint8'), adjustment, 'lookup')).toEqual({
      inLayer: adjustment,
      opacityPercent: 100,
    });
  });

  it('reaches Photoshop that way', async () => {
    const setup = new FixSetup();
    await setup.fix({ documentId: setup.host.open().id, recipe: recipeWith({ strength: 60 }) });
    expect(setup.host.layers[0]).toMatchObject({
      opacityPercent: 60,
      details: { adjustment: { strength: 1, evBias: 0 } },
      settings: { strength: 60 },
    });
  });
});

describe('what is made', () => {
  const info = (outputs: readonly ('pixels' | 'curves' | 'lookup')[]): ReturnType<MemoryHost['open']> =>
    new MemoryHost().open(undefined, { outputs });

  it('is what was asked for where the document can take it', () => {
    expect(outputFor(info(['pixels', 'curves', 'lookup']), 'lookup')).toBe('lookup');
    expect(outputFor(info(['pixels', 'curves', 'lookup']), 'cube')).toBe('cube');
  });

  it("is the document's best where it cannot", () => {
    expect(outputFor(info(['curves']), 'pixels')).toBe('curves');
    expect(outputFor(info(['pixels']), 'lookup')).toBe('pixels');
    expect(outputFor(info(['pixels', 'curves']), 'cube')).toBe('pixels');
  });
});
