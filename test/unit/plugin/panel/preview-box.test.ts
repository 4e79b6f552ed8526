import { describe, expect, it } from 'vitest';
import { flatPicture, type MemoryHost } from '../../../fakes/plugin/memory-host.ts';
import { MemoryScreen, type MemoryNode } from '../../../fakes/plugin/memory-screen.ts';

async function previewed(side = 16, scale = 1): Promise<{ screen: MemoryScreen; frame: MemoryNode }> {
  const screen = new MemoryScreen({ scale });
  screen.setup.host.open(flatPicture(60, side));
  await screen.settled();
  await screen.click('Preview');
  return { screen, frame: screen.ofClass('ev-preview-frame')! };
}

/** The newest picture that is no histogram. */
function lastPicture({ pictures }: MemoryHost): MemoryHost['pictures'][number] {
  return pictures.filter(({ height }) => height !== 64).at(-1)!;
}

describe('the preview', () => {
  it('is offered for what can be corrected, and keeps its place while a job runs', async () => {
    const screen = new MemoryScreen();
    const { host } = screen.setup;
    expect(screen.words).not.toContain('Preview');
    host.open(undefined, { outputs: [] });
    await screen.settled();
    expect(screen.words).not.toContain('Preview');
    host.open(undefined, { outputs: ['curves'] });
    await screen.settled();
    expect(screen.words).toContain('Preview');
    expect(screen.words).toContain('Before and after, without changing the document');
    let wordsWhile: readonly string[] = [];
    host.onStep = () => void (wordsWhile = screen.words);
    await screen.click('Preview');
    expect(wordsWhile).toContain('Before and after, without changing the document');
    expect(wordsWhile).not.toContain('Preview');
    expect(screen.words).not.toContain('Before and after, without changing the document');
    expect(screen.words).toEqual(expect.arrayContaining(['Before', 'After', 'Hold: before']));
    expect(host.layers).toEqual([]);
  });

  it('shows what would be done, with a histogram', async () => {
    const { screen } = await previewed();
    expect(screen.words).toEqual(expect.arrayContaining(['+1.7\u00a0EV', 'No clipped highlights']));
    expect(screen.ofClass('ev-histogram')?.attributes.get('src')).toMatch(/^preview:/);
    expect(screen.ofClass('ev-preview-image')?.attributes.get('src')).toMatch(/^preview:/);
  });

  it('shows before as long as the button or the key is held, and not after the panel has lost the key', async () => {
    const { screen, frame } = await previewed();
    const { clock, host } = screen.setup;
    const button = screen.find('Hold: before');
    const isAllBefore: boolean[] = [];
    for (const [node, type, key] of [
      [button, 'pointerdown', undefined],
      [button, 'pointerup', undefined],
      [button, 'pointerdown', undefined],
      [button, 'pointerleave', undefined],
      [frame, 'keydown', 'a'],
      [frame, 'keydown', '\\'],
      [frame, 'keyup', 'a'],
      [frame, 'keyup', '\\'],
      [frame, 'keydown', '\\'],
      [frame, 'blur', undefined],
    ] as const) {
      node.fire(type, key === undefined ? {} : { key });
      await clock.advance(500);
      const { pixels } = lastPicture(host);
      isAllBefore.push(pixels.every((value) => value === 60));
    }
    expect(isAllBefore).toEqual([true, false, true, false, false, true, true, false, true, false]);
  });

  it('has a line that the pointer and the arrow keys move, within the picture', async () => {
    const { frame } = await previewed();
    const split = (): string | undefined => frame.attributes.get('data-split');
    expect([split(), frame.tabIndex]).toEqual(['50', 0]);
    frame.fire('pointermove', { clientX: 60 });
    expect(split()).toBe('50');
    frame.fire('pointerdown', { clientX: 60, pointerId: 1 });
    expect(split()).toBe('25');
    frame.fire('pointermove', { clientX: 160 });
    expect(split()).toBe('75');
    frame.fire('pointermove', { clientX: 161 });
    expect(split()).toBe('76');
    frame.fire('pointermove', { clientX: 500 });
    expect(split()).toBe('100');
    frame.fire('pointermove', { clientX: 160 });
    frame.fire('pointerup');
    frame.fire('pointermove', { clientX: 60 });
    expect(split()).toBe('75');
    frame.fire('pointerdown', { clientX: 110 });
    frame.fire('pointercancel');
    frame.fire('pointermove', { clientX: 60 });
    expect(split()).toBe('50');
    expect(frame.fire('keydown', { key: 'ArrowLeft' }).isPrevented).toBe(true);
    expect(split()).toBe('45');
    frame.fire('keydown', { key: 'ArrowRight' });
    frame.fire('keydown', { key: 'ArrowRight' });
    expect(split()).toBe('55');
    expect(frame.fire('keydown', { key: 'Tab' }).isPrevented).toBe(false);
    expect(split()).toBe('55');
  });

  it('keeps the pointer while it is dragged, and its line while it has no width, not even a pixel', async () => {
    const { frame } = await previewed();
    const captured: number[] = [];
    frame.setPointerCapture = (id) => void captured.push(id);
    frame.fire('pointerdown', { clientX: 60, pointerId: 7 });
    frame.fire('pointerdown', { clientX: 60 });
    frame.fire('pointerdown', {});
    expect(captured).toEqual([7]);
    frame.box = { left: 0, width: 0, height: 0 };
    frame.fire('pointermove', { clientX: 90 });
    expect(frame.attributes.get('data-split')).toBe('25');
    frame.box = { left: 0, width: 1, height: 1 };
    frame.fire('pointermove', { clientX: 0.75 });
    expect(frame.attributes.get('data-split')).toBe('75');
  });

  it('doubles and halves its zoom between 1 and 4, and says which way it can go', async () => {
    const { screen } = await previewed();
    const states = async (...clicks: string[]): Promise<string> => {
      for (const label of clicks) await screen.click(label);
      const isOff = (label: string): boolean => screen.find(label).className.includes('is-off');
      const isFull = screen.find('100\u00a0%').attributes.has('selected');
      return `${isOff('−') ? '' : '-'}${isOff('+') ? '' : '+'}${isFull ? ' 100 %' : ''}`;
    };
    expect(await states()).toBe('+');
    expect(await states('+')).toBe('-+');
    expect(await states('+')).toBe('-');
    expect(await states('+')).toBe('-');
    expect(await states('−')).toBe('-+');
    expect(await states('−', '−')).toBe('+');
    expect(await states('100\u00a0%')).toBe('- 100 %');
    expect(await states('+')).toBe('- 100 %');
    expect(await states('100\u00a0%')).toBe('+');
    expect(await states('100\u00a0%', '−')).toBe('+');
  });

  it('at 100 % shows pixels of the document; dragging moves the part that is seen and leaves the line', async () => {
    const { screen, frame } = await previewed(800);
    const { host } = screen.setup;
    await screen.click('100\u00a0%');
    expect(host.parts.at(-1)).toEqual({ left: 300, top: 300, width: 200, height: 200 });
    frame.fire('pointerdown', { clientX: 100, clientY: 50 });
    frame.fire('pointermove', { clientX: 50, clientY: 70 });
    frame.fire('pointermove', { clientX: 40, clientY: 70 });
    await screen.settled();
    expect(host.parts.at(-1)).toMatchObject({ left: 360, top: 260 });
    expect(frame.attributes.get('data-split')).toBe('50');
    frame.box = { left: 0, width: 400, height: 400 };
    frame.fire('resize');
    await screen.settled();
    expect(host.parts.at(-1)).toMatchObject({ width: 400, height: 400 });
  });

  it('zoomed in, moves with the pointer as far as it is enlarged', async () => {
    const { screen, frame } = await previewed(800);
    await screen.click('+');
    frame.fire('pointerdown', { clientX: 100, clientY: 50 });
    frame.fire('pointermove', { clientX: 50, clientY: 75 });
    await screen.click('100\u00a0%');
    // Its middle was moved by 50 of 200 and by 25 of 100, of half of the photograph.
    expect(screen.setup.host.parts.at(-1)).toEqual({ left: 400, top: 200, width: 200, height: 200 });
  });

  it('at 100 % on a screen of double density shows twice the pixels, which follow the pointer', async () => {
    const { screen, frame } = await previewed(800, 2);
    const { host } = screen.setup;
    await screen.click('100\u00a0%');
    expect(host.parts.at(-1)).toEqual({ left: 200, top: 200, width: 400, height: 400 });
    frame.fire('pointerdown', { clientX: 100, clientY: 50 });
    frame.fire('pointermove', { clientX: 75, clientY: 50 });
    await screen.settled();
    expect(host.parts.at(-1)).toMatchObject({ left: 250, top: 200 });
  });

  it.each([
    ['tall', 16, 32, '50.0%'],
    ['wide', 32, 16, '100.0%'],
  ])(
    'of a %s photograph is no wider than the panel, and no higher than it is wide',
    async (_, width, height, shown) => {
      const screen = new MemoryScreen();
      const pixels = new Uint8Array(width * height * 3).fill(60);
      screen.setup.host.open({ ...flatPicture(60), width, height, rowStride: width * 3, pixels });
      await screen.settled();
      await screen.click('Preview');
      expect(screen.ofClass('ev-preview-frame')?.style.width).toBe(shown);
    },
  );

  it('marks what is clipped while that is asked for', async () => {
    const screen = new MemoryScreen();
    const { host } = screen.setup;
    host.open(flatPicture(255));
    await screen.settled();
    await screen.click('Preview');
    const last = (): number[] => [...lastPicture(host).pixels.subarray(0, 3)];
    expect(last()).toEqual([255, 255, 255]);
    await screen.click('Clipping');
    expect(last()).toEqual([255, 0, 0]);
    expect(screen.find('Clipping').attributes.has('selected')).toBe(true);
    await screen.click('Clipping');
    expect(last()).toEqual([255, 255, 255]);
  });

  it('says after a fix what the settings would change, where they ask for another layer', async () => {
    const { screen } = await previewed();
    await screen.click('Fix exposure');
    expect(screen.words).not.toContain('+1.7\u00a0EV');
    expect(screen.words).not.toContain('After the update');
    screen.setup.session.updateRecipe({ evBias: 1 });
    await screen.settled();
    expect(screen.words).toContain('After the update');
    expect(screen.words).toContain('Update layer');
    await screen.click('Update layer');
    expect(screen.words).not.toContain('After the update');
  });
});
