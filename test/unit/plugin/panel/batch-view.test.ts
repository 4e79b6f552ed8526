import { BatchView } from '@evenlight/plugin/src/panel/batch-view.ts';
import type { PanelActions } from '@evenlight/plugin/src/panel/panel-actions.ts';
import { INITIAL_STATE } from '@evenlight/plugin/src/panel/panel-state.ts';
import { textsIn } from '@evenlight/plugin/src/panel/texts/texts.ts';
import { describe, expect, it } from 'vitest';
import { MemoryScreen, type MemoryNode } from '../../../fakes/plugin/memory-screen.ts';

async function batchOf(...outputs: (readonly ('pixels' | 'curves' | 'lookup')[])[]): Promise<MemoryScreen> {
  const screen = new MemoryScreen();
  for (const each of outputs) screen.setup.host.open(undefined, { outputs: each });
  await screen.click('Batch');
  return screen;
}

function change(node: MemoryNode, change: Partial<Pick<MemoryNode, 'value' | 'checked' | 'selectedIndex'>>): void {
  Object.assign(node, change);
  node.fire('change');
}

/** The words of the lines' states. */
function states(screen: MemoryScreen): readonly (string | null)[] {
  return [...screen.root.visible()]
    .filter(({ className }) => className.startsWith('ev-line-status'))
    .map(({ className, children }) => `${className.replace('ev-line-status is-', '')}: ${children[1]!.textContent}`);
}

describe('the batch', () => {
  it('asks for photos where none are open', async () => {
    const screen = await batchOf();
    expect(screen.words.slice(3)).toEqual(['Open several photos to correct them together.']);
  });

  it('fixes the documents that are ticked, and says what became of each', async () => {
    const screen = await batchOf(['pixels'], ['pixels'], []);
    const { host } = screen.setup;
    expect(screen.words).toEqual(expect.arrayContaining(['All documents', '3 of 3', 'Fix 3 documents']));
    change(screen.find('photo-1.tif'), { checked: false });
    expect(screen.words).toEqual(expect.arrayContaining(['2 of 3', 'Fix 2 documents']));
    expect(screen.find('All documents').checked).toBe(false);
    expect(screen.words).not.toContain('Save a report');
    await screen.click('Fix 2 documents');
    expect(states(screen)).toEqual([
      'none: ',
      'good: +1.7\u00a0EV',
      expect.stringMatching(/^neutral: This color mode/),
    ]);
    expect(screen.words).toEqual(expect.arrayContaining(['1 corrected, 1 unchanged', 'Save a report', 'CSV', 'JSON']));
    expect(host.layers.map(({ documentId }) => documentId)).toEqual([2]);
    expect(host.reads).toEqual([2]);
    await screen.click('CSV');
    expect(host.files).toHaveLength(1);
    expect(screen.words).toContain('Report saved as saved');
  });

  it('says what it does while it runs, and what waits', async () => {
    const screen = await batchOf(['pixels'], ['pixels']);
    const seen: unknown[] = [];
    screen.setup.host.onStep = (step) => {
      seen.push([step, ...states(screen), screen.words.filter((text) => / of \d/.test(text)).at(-1)]);
      expect(screen.words).not.toContain('Save a report');
    };
    await screen.click('Fix 2 documents');
    const fixes = seen.filter((each) => JSON.stringify(each).includes('busy'));
    expect(fixes[0]).toEqual(['read', 'busy: Reading the photo', 'neutral: waiting', '0 of 2']);
    expect(fixes.at(-1)).toEqual(['write', 'good: +1.7\u00a0EV', 'busy: Creating the layer', expect.any(String)]);
    expect(screen.words).toContain('2 corrected, 0 unchanged');
  });

  it('says of a single document too what became of it, and offers its report', async () => {
    const screen = await batchOf(['pixels']);
    screen.setup.host.onStep = (step) => {
      if (step === 'write') throw new Error('the scratch disk is full');
    };
    await screen.click('Fix 1 document');
    expect(states(screen)).toEqual([expect.stringMatching(/^bad: .*the scratch disk is full/)]);
    expect(screen.words).toEqual(
      expect.arrayContaining(['0 corrected, 0 unchanged, 1 failed', 'Save a report', 'CSV', 'JSON']),
    );
  });

  it('says which documents it has left out when it is cancelled', async () => {
    const screen = await batchOf(['pixels'], ['pixels']);
    screen.setup.host.onStep = (step) => {
      if (step === 'write') screen.find('Cancel').fire('click');
    };
    await screen.click('Fix 2 documents');
    expect(states(screen)).toEqual(['neutral: canceled', 'neutral: canceled']);
    expect(screen.words).toContain('0 corrected, 2 unchanged');
  });

  it('ticks and unticks all at once; none ticked is nothing to do', async () => {
    const screen = await batchOf(['pixels'], ['pixels']);
    change(screen.find('All documents'), { checked: false });
    expect(screen.words).toEqual(expect.arrayContaining(['0 of 2', 'Select at least one document']));
    expect(screen.words.some((text) => text.startsWith('Fix'))).toBe(false);
    change(screen.find('All documents'), { checked: true });
    expect(screen.words).toContain('2 of 2');
    expect(screen.words).not.toContain('Select at least one document');
    change(screen.find('photo-2.tif'), { checked: false });
    expect(screen.words).toContain('Fix 1 document');
  });

  it('takes a strength for a document alone, and that of all where the field is emptied', async () => {
    const screen = await batchOf(['pixels'], ['pixels']);
    const field = (): MemoryNode =>
      [...screen.root.visible()].find(({ className }) => className === 'ev-slider-field')!;
    expect(field().value).toBe('100');
    change(field(), { value: '50' });
    await screen.click('Fix 2 documents');
    expect(screen.setup.host.layers.map(({ opacityPercent }) => opacityPercent)).toEqual([50, 100]);
    change(field(), { value: '' });
    expect(field().value).toBe('100');
  });

  it('takes one of those that can be fixed as the reference of a series', async () => {
    const screen = await batchOf([], ['pixels'], ['pixels']);
    expect(screen.words).not.toContain('Reference photo');
    change(screen.find('Same correction for all'), { checked: true });
    const list = screen.all('Reference photo').find(({ className }) => className === 'ev-dropdown')!;
    const items = [...list.visible()].map(({ textContent }) => textContent).filter(Boolean);
    expect(items).toEqual(['photo-2.tif', 'photo-3.tif']);
    expect(list.selectedIndex).toBe(1);
    change(list, { selectedIndex: 0 });
    await screen.click('Fix 3 documents');
    expect(screen.setup.host.reads[0]).toBe(2);
  });

  it('tells that a .cube file becomes a layer', async () => {
    const screen = await batchOf(['pixels', 'lookup']);
    const words = 'In a batch, LUT files become Color Lookup layers.';
    expect(screen.words).not.toContain(words);
    screen.setup.session.updateRecipe({ output: 'cube' });
    expect(screen.words).toContain(words);
  });

  it('forgets documents that are closed', async () => {
    const screen = await batchOf(['pixels'], ['pixels']);
    screen.setup.host.close(1);
    await screen.settled();
    expect(screen.words).toContain('1 of 1');
    expect(screen.words).not.toContain('photo-1.tif');
  });

  it('shows a small picture of each, as wide as its shape asks', async () => {
    const screen = await batchOf(['pixels'], ['pixels']);
    const pictures = [...screen.root.visible()].filter(({ className }) => className === 'ev-thumbnail-image');
    expect(pictures.map(({ style }) => style.width)).toEqual(['75.0%', '75.0%']);
    expect(pictures.every(({ attributes }) => attributes.get('src')?.startsWith('preview:'))).toBe(true);
  });

  it('leaves the place of a small picture empty until there is one, and fills it from edge to edge at most', async () => {
    const screen = await batchOf();
    const view = new BatchView({} as PanelActions);
    screen.root.appendChild(view.part.node);
    view.update({ ...INITIAL_STATE, documents: [screen.setup.host.open()] }, textsIn('en'));
    expect(screen.ofClass('ev-thumbnail-image')).toBeUndefined();
    const widths = [
      { width: 50, height: 100 },
      { width: 200, height: 100 },
    ].map((size) => {
      view.showThumbnail(1, 'preview:small', size);
      return screen.ofClass('ev-thumbnail-image')?.style.width;
    });
    expect(widths).toEqual(['37.5%', '100.0%']);
  });
});
