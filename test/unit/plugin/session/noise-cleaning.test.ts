import { colorSpaces, type PixelImage } from '@evenlight/models';
import { ProtocolError } from '@evenlight/protocol';
import { describe, expect, it } from 'vitest';
import { cleanedOpacity, restorationWish } from '@evenlight/plugin/src/session/noise-cleaning.ts';
import { FixSetup, recipeWith } from '../../../fakes/plugin/fix-setup.ts';
import { flatPicture, MemoryHost } from '../../../fakes/plugin/memory-host.ts';
import { SessionSetup } from '../../../fakes/plugin/session-setup.ts';

const SIDE = 64;

/** Dark, with noise that is seen once it is lifted. */
function noisyPicture(): PixelImage {
  let seed = 7;
  const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const pixels = Uint8Array.from({ length: SIDE * SIDE * 3 }, () => 50 + Math.round(12 * (random() - 0.5)));
  const size = { width: SIDE, height: SIDE, channels: 3, rowStride: SIDE * 3 } as const;
  return { ...size, format: 'uint8', colorSpace: colorSpaces.srgb, pixels };
}

function setUp({ isAvailable = true } = {}): FixSetup {
  const setup = new FixSetup();
  setup.cleaner.isAvailable = isAvailable;
  return setup;
}

const auto = recipeWith({ restore: 'auto' });
const half = recipeWith({ restore: 50 });

describe('how much noise is to be cleaned', () => {
  const document = new MemoryHost().open();

  it.each([
    [{ restore: 'off' }, 'off'],
    [{ restore: 'auto' }, 'auto'],
    [{ restore: 40 }, { luminance: 0.4, color: 0.4 }],
    [{ restore: { luminance: 20, color: 100 } }, { luminance: 0.2, color: 1 }],
    [{ restore: 'auto', output: 'curves' }, 'auto'],
    [{ restore: 'auto', output: 'cube' }, 'off'],
  ] as const)('is of %j %j', (recipe, wish) => {
    expect(restorationWish(recipeWith(recipe), document)).toEqual(wish);
    expect(restorationWish(recipeWith(recipe), { ...document, outputs: ['curves'] })).toBe('off');
  });

  it('is the opacity of its layer, in whole percents: that of the kind of which more is cleaned', () => {
    const amounts = [49.6, 0, { luminance: 20, color: 80 }, 'auto'] as const;
    expect(amounts.map((restore) => cleanedOpacity(recipeWith({ restore })))).toEqual([50, 0, 80, 100]);
  });
});

describe('cleaning noise with a fix', () => {
  it('is off by default: nothing is measured and no second layer is made', async () => {
    const setup = setUp();
    const { id } = setup.host.open(noisyPicture());
    const result = await setup.fix({ documentId: id });
    expect(result).toMatchObject({ kind: 'fixed', cleaning: undefined });
    expect(setup.cleaner.requests).toEqual([]);
    expect(setup.host.layers[0]!.cleaned).toBeUndefined();
  });

  it('of no percent is none', async () => {
    const setup = setUp();
    const { id } = setup.host.open(noisyPicture());
    const result = await setup.fix({ documentId: id, recipe: recipeWith({ restore: 0 }) });
    expect(result).toMatchObject({ kind: 'fixed', cleaning: undefined });
    expect(setup.cleaner.requests).toEqual([]);
  });

  it('by itself cleans what is seen, and nothing else', async () => {
    const setup = setUp();
    const noisy = setup.host.open(noisyPicture());
    expect(await setup.fix({ documentId: noisy.id, recipe: auto })).toMatchObject({
      cleaning: { kind: 'cleaned' },
      placed: { cleanedLayerId: 1000 },
    });
    const clean = setup.host.open(flatPicture(50, SIDE));
    expect(await setup.fix({ documentId: clean.id, recipe: auto })).toMatchObject({ cleaning: { kind: 'not-needed' } });
    expect(setup.cleaner.requests).toHaveLength(1);
  });

  it('asks for the correction that was predicted, at the strength that it is applied with', async () => {
    const setup = setUp();
    const { id } = setup.host.open(noisyPicture());
    await setup.fix({ documentId: id, recipe: recipeWith({ restore: 50, strength: 60, evBias: 0 }) });
    expect(setup.cleaner.requests[0]).toMatchObject({
      correction: setup.engine.correction,
      adjustment: { strength: 0.6, evBias: 0 },
      image: { width: SIDE, height: SIDE, channels: 3, format: 'uint8' },
    });
    expect(setup.host.layers[0]!.cleaned).toMatchObject({ layerName: 'Clean noise', opacityPercent: 50 });
  });

  it('tells while it cleans', async () => {
    const setup = setUp();
    const { id } = setup.host.open(noisyPicture());
    const stages: string[] = [];
    await setup.fix({ documentId: id, recipe: half }, { onProgress: ({ stage }) => stages.push(stage) });
    expect(stages.filter((stage, i) => stage !== stages[i - 1])).toEqual([
      'reading',
      'predicting',
      'cleaning',
      'writing',
    ]);
  });

  it('is what Photoshop is at until the picture is cleaned, and writing afterwards', async () => {
    const setup = setUp();
    const { id } = setup.host.open(noisyPicture());
    const stages: string[] = [];
    let whileCleaning: string | undefined;
    setup.cleaner.onClean = () => void (whileCleaning = stages.at(-1));
    await setup.fix({ documentId: id, recipe: half }, { onProgress: ({ stage }) => stages.push(stage) });
    expect([whileCleaning, stages.at(-1)]).toEqual(['cleaning', 'writing']);
  });

  it.each([
    ['no server cleans', (setup: FixSetup) => (setup.cleaner.isAvailable = false), 'NO_CLEANER'],
    [
      'the server refuses',
      (setup: FixSetup) => {
        setup.cleaner.onOpen = () => {
          throw new ProtocolError('UNKNOWN_MODEL', 'no such model');
        };
      },
      'UNKNOWN_MODEL',
    ],
    [
      'the server is lost in the middle',
      (setup: FixSetup) => {
        setup.cleaner.onClean = () => {
          throw new ProtocolError('CONNECTION_LOST', 'lost');
        };
      },
      'CONNECTION_LOST',
    ],
  ])('is left out where %s; the exposure is fixed', async (_, spoil, code) => {
    const setup = setUp();
    spoil(setup);
    const { id } = setup.host.open(noisyPicture());
    const result = await setup.fix({ documentId: id, recipe: half });
    expect(result).toMatchObject({ kind: 'fixed', cleaning: { kind: 'left-out', code } });
    expect(setup.host.layers).toHaveLength(1);
  });

  it('is left out where the document takes no pixels', async () => {
    const setup = setUp();
    const { id } = setup.host.open(noisyPicture(), { mode: 'cmyk', outputs: ['curves'] });
    const result = await setup.fix({ documentId: id, recipe: auto });
    expect(result).toMatchObject({ kind: 'fixed', cleaning: { kind: 'left-out', code: 'NO_PIXEL_LAYER' } });
  });

  it.each(['onOpen', 'onClean'] as const)('is cancelled with the fix: %s', async (when) => {
    const setup = setUp();
    const { id } = setup.host.open(noisyPicture());
    setup.cleaner[when] = () => {
      setup.cancel.cancel();
      throw new ProtocolError('CANCELLED', 'cancelled');
    };
    await expect(setup.fix({ documentId: id, recipe: half })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(setup.host.layers).toEqual([]);
  });

  it('ends with the server where Photoshop did not get as far as to clean', async () => {
    const setup = setUp();
    const { id } = setup.host.open(noisyPicture());
    setup.host.onStep = (step) => {
      if (step === 'write') setup.host.touch(id);
    };
    await expect(setup.fix({ documentId: id, recipe: half })).rejects.toMatchObject({ code: 'DOCUMENT_CHANGED' });
    expect(setup.cleaner.signals.every(({ aborted }) => aborted)).toBe(true);
  });
});

describe('after a fix with cleaning', () => {
  async function cleaned(): Promise<SessionSetup> {
    const setup = new SessionSetup();
    setup.cleaner.isAvailable = true;
    setup.host.open(noisyPicture());
    setup.session.updateRecipe({ restore: 100 });
    await setup.session.photo.fix();
    return setup;
  }

  it('the amount is the opacity of the cleaned layer, which is not made anew', async () => {
    const setup = await cleaned();
    setup.session.updateRecipe({ restore: 30 });
    await setup.session.photo.followStrength();
    expect(setup.host.layers).toHaveLength(1);
    expect(setup.host.layers[0]!.cleanedOpacityPercent).toBe(30);
    setup.session.updateRecipe({ restore: 0 });
    await setup.session.photo.followStrength();
    expect(setup.host.layers[0]!.cleanedOpacityPercent).toBe(0);
    expect(setup.cleaner.requests).toHaveLength(1);
  });

  it('amounts of their own make it anew: the layer has their proportion in it, its opacity is the greater one', async () => {
    const setup = await cleaned();
    expect(setup.cleaner.requests[0]).toMatchObject({ amounts: { luminance: 1, color: 1 } });
    setup.session.updateRecipe({ restore: { luminance: 20, color: 80 } });
    await setup.session.photo.followStrength();
    expect(setup.cleaner.requests).toHaveLength(1);
    await setup.session.photo.update();
    expect(setup.cleaner.requests[1]).toMatchObject({ amounts: { luminance: 0.25, color: 1 } });
    expect(setup.host.layers[1]!.cleaned).toMatchObject({ opacityPercent: 80 });

    setup.session.updateRecipe({ restore: { luminance: 10, color: 40 } });
    await setup.session.photo.followStrength();
    expect(setup.host.layers[1]!.cleanedOpacityPercent).toBe(40);
    expect(setup.cleaner.requests).toHaveLength(2);
  });

  it('another strength makes both anew: the cleaned picture has the correction in it', async () => {
    const setup = await cleaned();
    setup.session.updateRecipe({ strength: 40 });
    await setup.session.photo.followStrength();
    expect(setup.host.layers).toHaveLength(1);
    await setup.session.photo.update();
    expect(setup.host.layers[1]).toMatchObject({ replaces: [2, 1000] });
    expect(setup.cleaner.requests[1]).toMatchObject({ adjustment: { strength: 0.4 } });
  });

  it('of a layer that was not cleaned, another amount makes it anew, and off changes nothing', async () => {
    const setup = new SessionSetup();
    setup.cleaner.isAvailable = true;
    setup.host.open(flatPicture(50, SIDE));
    setup.session.updateRecipe({ restore: 'auto' });
    await setup.session.photo.fix();
    setup.session.updateRecipe({ restore: 'off' });
    await setup.session.photo.update();
    expect(setup.host.layers).toHaveLength(1);
    setup.session.updateRecipe({ restore: 50 });
    await setup.session.photo.followStrength();
    expect(setup.host.layers).toHaveLength(1);
    await setup.session.photo.update();
    expect(setup.host.layers[1]).toMatchObject({ replaces: [2], cleaned: { opacityPercent: 50 } });
  });

  it('off takes the cleaned layer away with the next update, and removing takes both', async () => {
    const setup = await cleaned();
    setup.session.updateRecipe({ restore: 'off' });
    const result = await setup.session.photo.update();
    expect(setup.host.layers[1]).toMatchObject({ replaces: [2, 1000], cleaned: undefined });
    expect(result.placed.cleanedLayerId).toBeUndefined();

    const other = await cleaned();
    await other.session.photo.remove();
    expect(other.host.removed).toEqual([2, 1000]);
  });
});
