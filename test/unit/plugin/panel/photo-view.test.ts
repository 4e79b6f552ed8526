import { describe, expect, it } from 'vitest';
import { gainCorrection } from '../../../fakes/plugin/memory-engine.ts';
import { MemoryScreen, type MemoryNode } from '../../../fakes/plugin/memory-screen.ts';

type Change = Parameters<MemoryScreen['setup']['host']['open']>[1];

async function opened(change: Change = {}): Promise<MemoryScreen> {
  const screen = new MemoryScreen();
  screen.setup.host.open(undefined, change);
  await screen.settled();
  return screen;
}

function input(screen: MemoryScreen, name: string, className: string): MemoryNode {
  return screen.all(name).find((node) => node.className === className)!;
}

function options(list: MemoryNode): readonly (string | null)[] {
  return [...list.visible()].map(({ textContent }) => textContent).filter(Boolean);
}

describe('the active photograph', () => {
  it('is named with its mode, depth and profile', async () => {
    const screen = await opened({ bitsPerChannel: 16, profileName: undefined });
    expect(screen.words).toEqual(expect.arrayContaining(['photo-1.tif', 'RGB · 16\u00a0bit · no profile']));
    expect(screen.ofClass('is-empty')).toBeUndefined();
    screen.setup.host.close(1);
    await screen.settled();
    expect(screen.ofClass('is-empty')?.textContent).toBe('Open a photo to begin.');
    expect(screen.words.some((text) => text.includes('bit'))).toBe(false);
  });

  it.each<[string, Change, string | undefined]>([
    ['nothing', {}, undefined],
    ['artboards', { obstacle: 'artboards', outputs: [] }, 'Documents with artboards cannot be corrected.'],
    ['Quick Mask mode', { obstacle: 'quick-mask', outputs: [] }, 'Quick Mask mode is on.'],
    ['a mode that cannot be corrected', { mode: 'bitmap', outputs: [] }, 'Bitmap at 8\u00a0bits cannot be corrected.'],
    ['another result', { mode: 'lab', outputs: ['curves'] }, 'Lab at 8\u00a0bits: the result will be a Curves layer.'],
    ['a missing profile', { isColorSpaceAssumed: true }, 'The profile is missing or unknown;'],
  ])('comes with a hint at %s', async (_, change, words) => {
    const hint = (await opened(change)).ofClass('ev-hint');
    if (words === undefined) expect(hint).toBeUndefined();
    else expect(hint?.textContent).toContain(words);
  });

  it('is corrected as a whole or in one layer, where there is a choice', async () => {
    const screen = await opened();
    const list = input(screen, 'Corrects', 'ev-dropdown');
    expect([options(list), list.selectedIndex]).toEqual([['Visible picture', 'Layer “Background”'], 1]);
    list.selectedIndex = 0;
    list.fire('change');
    await screen.settled();
    expect(list.selectedIndex).toBe(0);
    await screen.click('Fix exposure');
    expect(screen.setup.host.readOptions.at(-1)).toMatchObject({ from: 'composite' });
    expect(screen.words).not.toContain('Corrects');
  });

  it('has a choice of what is corrected also where only one result is possible, and no place for it otherwise', async () => {
    expect((await opened({ outputs: ['curves'] })).words).toContain('Corrects');
    expect((await opened({ outputs: [] })).ofClass('ev-source')).toBeUndefined();
    expect((await opened({ sources: ['composite'] })).ofClass('ev-source')).toBeUndefined();
    const noLayer = { sources: ['composite'], compositeReason: 'hidden', activeLayer: undefined } as const;
    expect((await opened(noLayer)).ofClass('ev-source')).toBeUndefined();
  });

  it('says why everything visible is corrected although a layer is active', async () => {
    const screen = await opened({ sources: ['composite'], compositeReason: 'hidden' });
    expect(screen.words).toContain('“Background” is hidden, so everything visible is corrected, in a layer on top.');
    expect(screen.words).not.toContain('Corrects');
  });

  it('is fixed with the strength, the exposure and the result that are set', async () => {
    const screen = await opened();
    const { store } = screen.setup;
    const set = (name: string, value: number | string, className = 'ev-slider'): void => {
      const node = input(screen, name, className);
      node.value = value;
      node.fire('change');
    };
    set('Strength', 71.6);
    expect(store.settings.recipe.strength).toBe(72);
    set('Lighter / darker', 6.6);
    expect(store.settings.recipe.evBias).toBe(0.7);
    set('Lighter / darker', '2,3', 'ev-slider-field');
    expect([store.settings.recipe.evBias, input(screen, 'Lighter / darker', 'ev-slider').value]).toEqual([2.3, 23]);
    set('Lighter / darker', '-1.5', 'ev-slider-field');
    expect([store.settings.recipe.evBias, input(screen, 'Lighter / darker', 'ev-slider').value]).toEqual([-1.5, -15]);
    set('Lighter / darker', '9', 'ev-slider-field');
    expect(store.settings.recipe.evBias).toBe(3);
    set('Strength', 'much', 'ev-slider-field');
    expect([store.settings.recipe.strength, input(screen, 'Strength', 'ev-slider-field').value]).toEqual([72, '72']);
    input(screen, 'Strength', 'ev-slider').fire('dblclick');
    input(screen, 'Lighter / darker', 'ev-slider').fire('dblclick');
    expect(store.settings.recipe).toMatchObject({ strength: 100, evBias: 0 });
    await screen.click('Strong');
    expect(store.settings.recipe.strength).toBe(130);
    expect([...screen.root.visible()].find(({ className }) => className === 'ev-choice-cell is-chosen')).toBeDefined();
    const list = input(screen, 'Result', 'ev-dropdown');
    expect(options(list)).toEqual(['Pixel layer', 'Curves layer', 'Color Lookup layer', 'LUT file (.cube)']);
    expect(list.selectedIndex).toBe(0);
    list.selectedIndex = 1;
    list.fire('change');
    expect(store.settings.recipe.output).toBe('curves');
  });

  it('is fixed all the same when it was well exposed and the user asks for it', async () => {
    const screen = await opened();
    screen.setup.local.correction = gainCorrection(1.001);
    expect(screen.words).not.toContain('Fix anyway');
    await screen.click('Fix exposure');
    expect(screen.words).toEqual(expect.arrayContaining(['Already well exposed', 'No layer was added.', 'Fix anyway']));
    expect(screen.setup.host.layers).toEqual([]);
    await screen.click('Fix anyway');
    expect(screen.setup.host.layers).toHaveLength(1);
    expect(screen.words).not.toContain('Fix anyway');
  });

  it('gets its layer removed, and can then be fixed again', async () => {
    const screen = await opened();
    await screen.click('Fix exposure');
    expect(screen.words).not.toContain('Fix exposure');
    await screen.click('Remove layer');
    expect(screen.setup.host.removed).toEqual([2]);
    expect(screen.words).toContain('Fix exposure');
    expect(screen.words).not.toContain('Remove layer');
  });
});

describe('a layer that was just made', () => {
  it('is updated or removed, but a .cube file is a fix of its own', async () => {
    const screen = await opened();
    await screen.click('Fix exposure');
    const offered = (): readonly string[] =>
      ['Fix exposure', 'Update layer', 'Remove layer'].filter((label) => screen.words.includes(label));
    expect(offered()).toEqual(['Remove layer']);
    screen.setup.session.updateRecipe({ evBias: 1 });
    await screen.settled();
    expect(offered()).toEqual(['Update layer', 'Remove layer']);
    screen.setup.session.updateRecipe({ output: 'cube' });
    await screen.settled();
    expect(offered()).toEqual(['Fix exposure']);
    screen.setup.session.updateRecipe({ output: 'pixels', evBias: 0 });
    await screen.settled();
    expect(offered()).toEqual(['Remove layer']);
  });
});

describe('cleaning noise', () => {
  const needsServer =
    'Cleaning noise needs an Evenlight server that can do it. Without one, only the exposure is corrected.';

  it('is chosen from a list, by amount with a slider, and says what it needs', async () => {
    const screen = await opened();
    const { store } = screen.setup;
    const list = input(screen, 'Clean noise', 'ev-dropdown');
    const choose = (index: number): void => {
      list.selectedIndex = index;
      list.fire('change');
    };
    expect([list.selectedIndex, screen.words.includes(needsServer)]).toEqual([0, false]);
    expect(screen.all('Luminance noise')).toEqual([]);
    choose(2);
    expect([store.settings.recipe.restore, screen.words.includes(needsServer)]).toEqual([100, true]);
    const move = (label: string, value: number): void => {
      const slider = input(screen, label, 'ev-slider');
      slider.value = value;
      slider.fire('input');
    };
    move('Luminance noise', 39.6);
    expect(store.settings.recipe.restore).toEqual({ luminance: 40, color: 100 });
    move('Color noise', 0);
    expect(store.settings.recipe.restore).toEqual({ luminance: 40, color: 0 });
    const typed = input(screen, 'Color noise', 'ev-slider-field');
    typed.value = '120';
    typed.fire('change');
    expect(store.settings.recipe.restore).toEqual({ luminance: 40, color: 100 });
    move('Color noise', 40);
    expect(store.settings.recipe.restore).toBe(40);
    choose(1);
    expect([store.settings.recipe.restore, screen.all('Luminance noise').length]).toEqual(['auto', 0]);
  });

  it('is not offered for files of colours, and where no pixels are written', async () => {
    const screen = await opened();
    expect(screen.words).toContain('Clean noise');
    screen.setup.session.updateRecipe({ output: 'cube' });
    expect(screen.words).not.toContain('Clean noise');
    screen.setup.session.updateRecipe({ output: 'pixels' });
    screen.setup.host.open(undefined, { outputs: ['curves'] });
    await screen.settled();
    expect(screen.words).not.toContain('Clean noise');
  });
});
