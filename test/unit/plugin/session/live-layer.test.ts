import { describe, expect, it } from 'vitest';
import { SessionSetup } from '../../../fakes/plugin/session-setup.ts';

async function fixed(strength = 100): Promise<SessionSetup> {
  const setup = new SessionSetup();
  setup.host.open();
  setup.session.updateRecipe({ strength });
  await setup.session.photo.fix();
  return setup;
}

describe('after a fix', () => {
  it('the strength is the opacity of the layer, which is not made anew', async () => {
    const setup = await fixed();
    setup.session.updateRecipe({ strength: 40 });
    await setup.session.photo.followStrength();
    expect(setup.host.layers).toHaveLength(1);
    expect(setup.host.layers[0]).toMatchObject({ opacityPercent: 40, historyName: 'Strength' });
    expect(setup.host.layers[0]!.settings).toMatchObject({ strength: 40 });
    expect(setup.host.reads).toHaveLength(1);
    expect(setup.last('result').result).toMatchObject({ kind: 'fixed', recipe: { strength: 40 } });
    setup.session.updateRecipe({ strength: 70 });
    await setup.session.photo.followStrength();
    expect(setup.host.layers[0]!.opacityPercent).toBe(70);
  });

  it('nothing is done where the settings are what it was made with', async () => {
    const setup = await fixed();
    const { historyStateId } = setup.host.activeDocument()!;
    await setup.session.photo.followStrength();
    await setup.session.photo.update();
    expect([setup.host.layers.length, setup.host.activeDocument()!.historyStateId]).toEqual([1, historyStateId]);
  });

  it.each([{ strength: 40 }, { evBias: 1 }])(
    '%j makes it no other photograph: it is still just corrected',
    async (change) => {
      const setup = await fixed();
      await setup.clock.advance(700);
      setup.session.updateRecipe(change);
      expect(await setup.session.photo.update()).toMatchObject({ elapsedMs: 0 });
      expect((await setup.session.photo.fix()).kind).toBe('just-fixed');
    },
  );

  it('the strength is not followed once another model is chosen, which needs another prediction', async () => {
    const setup = await fixed();
    setup.session.updateRecipe({ model: 'exposure', strength: 40 });
    await setup.session.photo.followStrength();
    expect(setup.host.layers[0]!.opacityPercent).toBe(100);
  });

  it.each([
    ['another EV bias', { evBias: 0.5 }],
    ['another result', { output: 'curves' }],
    ['more than the whole correction', { strength: 130 }],
  ] as const)(
    '%s makes the layer anew in its place, without reading or asking the network again',
    async (_, change) => {
      const setup = await fixed();
      setup.session.updateRecipe(change);
      await setup.session.photo.followStrength();
      expect(setup.host.layers).toHaveLength(1);
      const result = await setup.session.photo.update();
      expect(result).toMatchObject({ kind: 'fixed', recipe: change });
      expect(setup.host.layers[1]).toMatchObject({ replaces: [2], output: result.output });
      expect([setup.host.reads.length, setup.local.proxies.length]).toEqual([1, 1]);
      // The next change is of the new layer.
      setup.session.updateRecipe({ evBias: 1 });
      await setup.session.photo.update();
      expect(setup.host.layers[2]).toMatchObject({ replaces: [3] });
    },
  );

  it('the layer can be taken away again', async () => {
    const setup = await fixed();
    await setup.session.photo.remove();
    expect(setup.host.removed).toEqual([2]);
    expect(setup.last('live').live).toBeUndefined();
    await expect(setup.session.photo.remove()).rejects.toMatchObject({ code: 'NO_DOCUMENT' });
  });

  it('nothing follows the sliders any more once the user has done something himself', async () => {
    const setup = await fixed();
    setup.host.touch(setup.host.activeDocument()!.id);
    setup.session.updateRecipe({ strength: 40 });
    await setup.session.photo.followStrength();
    expect(setup.host.layers[0]!.opacityPercent).toBe(100);
    await expect(setup.session.photo.update()).rejects.toMatchObject({ code: 'NO_DOCUMENT' });
    expect((await setup.session.photo.fix({ force: true })).kind).toBe('fixed');
  });

  it('a choice of what is corrected holds for its layer alone', async () => {
    const setup = new SessionSetup();
    const { id } = setup.host.open();
    setup.session.photo.chooseSource('composite');
    expect(setup.last('documents').chosenSource).toBe('composite');
    await setup.session.photo.preview();
    expect(setup.host.readOptions.at(-1)).toMatchObject({ from: 'composite', isGlance: true });
    setup.host.open();
    expect(setup.last('documents').chosenSource).toBeUndefined();
    await setup.host.setActiveDocument(id);
    expect(setup.last('documents').chosenSource).toBe('composite');
  });
});

describe('own presets', () => {
  it('are saved with the settings and exported as a file', async () => {
    const setup = new SessionSetup();
    const ownPresets = [
      { name: 'Wedding', strength: 80, evBias: 0.3, output: 'curves' as const, restore: 'auto' as const },
    ];
    setup.session.updateSettings({ ownPresets });
    await setup.session.exportPresets();
    expect(JSON.parse(String(setup.host.files[0]!.contents))).toEqual({ evenlightPresets: 1, presets: ownPresets });
  });
});
