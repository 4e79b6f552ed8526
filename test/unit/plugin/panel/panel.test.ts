import { describe, expect, it } from 'vitest';
import { engineModel } from '../../../fakes/plugin/memory-engine.ts';
import { flatPicture } from '../../../fakes/plugin/memory-host.ts';
import { MemoryNode, MemoryScreen, wordsOf } from '../../../fakes/plugin/memory-screen.ts';

describe('the panel', () => {
  it('shows an introduction until it has been read, and nothing else beside it', async () => {
    const screen = new MemoryScreen({ isIntroduced: false });
    screen.setup.host.open();
    await screen.settled();
    expect(screen.words[0]).toBe('Welcome to Evenlight');
    expect(screen.words).toHaveLength(5);
    await screen.click('Get started');
    expect(screen.words).toEqual(expect.arrayContaining(['Photo', 'photo-1.tif', 'Fix exposure']));
    expect(screen.words).not.toContain('Welcome to Evenlight');
    await screen.click('Settings');
    await screen.click('Show introduction');
    expect(screen.words[0]).toBe('Welcome to Evenlight');
  });

  it('tells nothing of a server beside the introduction', async () => {
    const screen = new MemoryScreen({ isIntroduced: false, policy: 'bridge' });
    await screen.settled();
    expect(screen.words).toHaveLength(5);
  });

  it('records what was fixed in an action: a photo, and a batch of all that are open', async () => {
    const screen = new MemoryScreen();
    const { host } = screen.setup;
    host.isRecording = true;
    host.open();
    host.open();
    await screen.settled();
    await screen.click('Fix exposure');
    expect(host.recorded).toHaveLength(1);
    await screen.click('Batch');
    await screen.click('Fix 2 documents');
    expect(host.recorded).toHaveLength(2);
    const tick = screen.find('photo-1.tif');
    tick.checked = false;
    tick.fire('change');
    await screen.click('Fix 1 document');
    expect(host.recorded).toHaveLength(2);
  });

  it('shows one view at a time, and marks its tab', async () => {
    const screen = new MemoryScreen();
    screen.setup.host.open();
    const own = { Photo: 'Strength', Batch: 'All documents', Settings: 'Language' };
    expect(screen.ofClass('ev-tabs')).toBeDefined();
    for (const [tab, word] of Object.entries(own)) {
      await screen.click(tab);
      const others = Object.values(own).filter((other) => other !== word);
      expect(screen.words).toContain(word);
      for (const other of others) expect(screen.words).not.toContain(other);
      const chosen = [...screen.root.visible()].filter(({ className }) => className.includes('is-chosen'));
      expect(chosen[0]?.children[0]?.textContent).toBe(tab);
    }
  });

  it('draws a view when it is seen: writing to the screen takes its time', async () => {
    const screen = new MemoryScreen();
    await screen.settled();
    const times = (word: string): number => screen.allWords.filter((text) => text === word).length;
    screen.setup.host.open();
    expect([times('photo-1.tif'), times('All documents'), times('Language')]).toEqual([1, 0, 0]);
    await screen.click('Settings');
    screen.setup.host.open();
    expect([times('photo-2.tif'), times('Language')]).toEqual([0, 1]);
    await screen.click('Batch');
    const inBatch = times('photo-2.tif');
    expect([inBatch > 0, times('All documents')]).toEqual([true, 1]);
    await screen.click('Photo');
    expect(times('photo-2.tif')).toBe(inBatch + 1);
    expect(times('Welcome to Evenlight')).toBe(0);
  });

  it('shows an error until the next job begins', async () => {
    const screen = new MemoryScreen();
    const { host } = screen.setup;
    host.open();
    await screen.settled();
    host.onStep = () => {
      throw new Error('the scratch disk is full');
    };
    await screen.click('Fix exposure');
    const shown = screen.words.find((text) => text.includes('scratch disk'));
    expect(shown).toBeDefined();
    expect(screen.ofClass('is-bad')).toBeDefined();
    expect(screen.words).not.toContain('Fix anyway');
    let wordsWhile: readonly string[] = [];
    host.onStep = () => void (wordsWhile = screen.words);
    await screen.click('Fix exposure');
    expect(wordsWhile).toContain('Cancel');
    expect(wordsWhile).not.toContain(shown);
    expect(screen.words).not.toContain(shown);
  });

  it('says nothing when the user cancels', async () => {
    const screen = new MemoryScreen();
    const { host } = screen.setup;
    host.open();
    await screen.settled();
    host.onStep = () => void screen.find('Cancel').fire('click');
    await screen.click('Fix exposure');
    expect(screen.ofClass('is-bad')).toBeUndefined();
    expect(screen.words).toContain('Fix exposure');
    expect(host.layers).toEqual([]);
  });

  it('shows how far a job is, and its Cancel instead of the button', async () => {
    const screen = new MemoryScreen();
    const { host } = screen.setup;
    host.open();
    await screen.settled();
    const seen: string[][] = [];
    host.onStep = (_step, _id, { onProgress }) => {
      onProgress?.(0.5);
      seen.push([...screen.words]);
    };
    await screen.click('Fix exposure');
    expect(seen.map((words) => words.at(-1))).toEqual(['Reading the photo', 'Creating the layer']);
    for (const words of seen) {
      expect(words).toContain('Cancel');
      expect(words).not.toContain('Fix exposure');
    }
    expect(screen.words).not.toContain('Cancel');
  });

  it('says how long a batch still takes once a part of it is done', async () => {
    const screen = new MemoryScreen();
    const { host } = screen.setup;
    host.open();
    host.open();
    await screen.settled();
    await screen.click('Batch');
    const said = new Set<string>();
    host.onStep = () => {
      for (const word of screen.words) if (word.startsWith('1 of 2')) said.add(word);
    };
    await screen.click('Fix 2 documents');
    expect([...said]).toEqual(['1 of 2, about 1\u00a0s left']);
  });

  it('moves with the strength, once the slider rests', async () => {
    const screen = new MemoryScreen();
    const { host, clock } = screen.setup;
    host.open();
    await screen.settled();
    await screen.click('Fix exposure');
    const slider = screen.all('Strength').find(({ className }) => className === 'ev-slider')!;
    for (const value of [90, 70, 60]) {
      slider.value = value;
      slider.fire('input');
      await clock.advance(299);
    }
    expect(host.layers[0]?.opacityPercent).toBe(100);
    await clock.advance(1);
    await screen.settled();
    expect(host.layers[0]).toMatchObject({ opacityPercent: 60 });
  });

  it('reads no document while it is hidden', async () => {
    const screen = new MemoryScreen();
    screen.panel.setVisible(false);
    screen.setup.host.open();
    await screen.settled();
    expect(screen.words).toContain('Open a photo to begin.');
    screen.panel.setVisible(true);
    screen.panel.setVisible(true);
    await screen.settled();
    expect(screen.words).toContain('photo-1.tif');
  });

  it('moves into a new node of Photoshop without starting again', async () => {
    const screen = new MemoryScreen();
    screen.setup.host.open();
    await screen.settled();
    const second = new MemoryNode();
    screen.panel.mount(second);
    await screen.settled();
    expect(second.children).toEqual(screen.root.children);
    expect(screen.setup.local.starts).toBe(1);
  });

  it('speaks the language of Photoshop, and the one that is chosen at once', async () => {
    const screen = new MemoryScreen({ locale: 'de_DE' });
    screen.setup.host.open();
    await screen.settled();
    expect(screen.words).not.toContain('Fix exposure');
    screen.setup.store.update({ language: 'en' });
    await screen.settled();
    expect(screen.words).toContain('Fix exposure');
  });

  it('says in another language what it has measured, and measures for no other setting', async () => {
    const screen = new MemoryScreen();
    const { host, store } = screen.setup;
    host.open();
    await screen.settled();
    await screen.click('Preview');
    const { length } = host.pictures;
    store.update({ bridgeAddress: 'studio' });
    await screen.settled();
    expect([host.pictures.length - length, screen.words.includes('No clipped highlights')]).toEqual([0, true]);
    store.update({ language: 'de' });
    await screen.settled();
    expect([host.pictures.length - length, screen.words.includes('No clipped highlights')]).toEqual([1, false]);
  });

  it('tells where photos are processed while it uses a server, and nothing otherwise', async () => {
    for (const policy of ['panel', 'automatic'] as const) {
      const screen = new MemoryScreen({ policy });
      await screen.settled();
      expect(screen.words[3]).toBe('Open a photo to begin.');
    }
    const screen = new MemoryScreen({ policy: 'bridge' });
    await screen.settled();
    expect(screen.words[3]).toMatch(/^Using the Evenlight server on /);
    expect(screen.ofClass('is-good')?.className).toContain('ev-status-line');
  });

  it('offers a choice of models where there are several', async () => {
    const screen = new MemoryScreen();
    screen.setup.host.open();
    await screen.settled();
    expect(screen.words).not.toContain('Model');
    screen.setup.local.available = [engineModel('exposure'), engineModel('soft')];
    const { session } = screen.setup;
    await session.probeEngines();
    await screen.settled();
    const list = (): { readonly chosen: number | undefined; readonly options: readonly string[] } => {
      const node = screen.all('Model').find(({ className }) => className === 'ev-dropdown')!;
      return { chosen: node.selectedIndex, options: wordsOf(node) };
    };
    expect(list()).toEqual({ chosen: 0, options: ['Model exposure', 'Model soft'] });
    session.updateRecipe({ model: 'soft' });
    expect(list()).toEqual({ chosen: 1, options: ['Model exposure', 'Model soft'] });
    session.updateRecipe({ model: 'night' });
    expect(list()).toEqual({ chosen: 2, options: ['Model exposure', 'Model soft', 'night'] });
    screen.setup.local.available = [engineModel('exposure')];
    await session.probeEngines();
    await screen.settled();
    expect(list()).toEqual({ chosen: 1, options: ['Model exposure', 'night'] });
  });
});

describe('own presets', () => {
  it('are saved, chosen, exported and deleted', async () => {
    const screen = new MemoryScreen();
    const { host, session, store } = screen.setup;
    host.open(flatPicture(60));
    await screen.settled();
    expect(screen.words).not.toContain('Preset');
    session.updateRecipe({ strength: 80, evBias: 0.5 });
    const name = screen.find('Preset name', screen.root);
    const field = screen.all('Preset name').find((node) => node !== name) ?? name;
    field.value = 'Weddings';
    field.fire('change');
    await screen.click('Save');
    expect(store.settings.ownPresets).toEqual([
      { name: 'Weddings', strength: 80, evBias: 0.5, output: 'pixels', restore: 'off' },
    ]);
    expect(screen.words).toEqual(expect.arrayContaining(['Preset', 'Weddings', 'Delete', 'Export']));
    expect(screen.words).not.toContain('Custom');

    session.updateRecipe({ strength: 100, evBias: 0 });
    await screen.settled();
    expect(screen.words).toContain('Custom');
    expect(screen.words).not.toContain('Delete');
    const list = screen.all('Preset').find(({ className }) => className === 'ev-dropdown')!;
    list.selectedIndex = 0;
    list.fire('change');
    expect(store.settings.recipe).toMatchObject({ strength: 100, evBias: 0 });
    list.selectedIndex = 1;
    list.fire('change');
    await screen.settled();
    expect(store.settings.recipe).toMatchObject({ strength: 80, evBias: 0.5 });

    await screen.click('Fix exposure');
    session.updateSettings({
      ownPresets: [...store.settings.ownPresets, { ...store.settings.ownPresets[0]!, name: 'Soft', strength: 40 }],
    });
    list.selectedIndex = 1;
    list.fire('change');
    await screen.settled();
    expect(screen.words).toContain('Update layer');
    await screen.click('Delete');
    expect(store.settings.ownPresets.map(({ name }) => name)).toEqual(['Weddings']);
    list.selectedIndex = 1;
    list.fire('change');

    await screen.click('Export');
    expect(host.files).toHaveLength(1);
    await screen.click('Delete');
    expect(store.settings.ownPresets).toEqual([]);
    expect(screen.words).not.toContain('Preset');
  });
});
