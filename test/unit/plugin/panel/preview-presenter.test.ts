import { describe, expect, it } from 'vitest';
import { INITIAL_STATE, type PanelState } from '@evenlight/plugin/src/panel/panel-state.ts';
import { PreviewPresenter } from '@evenlight/plugin/src/panel/preview-presenter.ts';
import { textsIn } from '@evenlight/plugin/src/panel/texts/texts.ts';
import { recipeWith } from '../../../fakes/plugin/fix-setup.ts';
import { ManualClock, settle } from '../../../fakes/plugin/manual-clock.ts';
import { SessionSetup } from '../../../fakes/plugin/session-setup.ts';

/** A presenter whose pictures arrive when the test lets them. */
class Setup {
  readonly clock = new ManualClock();
  readonly shown: string[] = [];
  readonly shapes = new Set<string>();
  readonly sizes: string[] = [];
  readonly measures: string[] = [];
  readonly histograms: string[] = [];
  readonly released: string[] = [];
  readonly errors: unknown[] = [];
  readonly parts: object[] = [];
  made = 0;
  letThrough: () => void = () => undefined;
  isHeld = false;
  isBroken = false;
  frameWidth = 8;
  readonly presenter = new PreviewPresenter({
    clock: this.clock,
    texts: () => textsIn('en'),
    onError: (error) => this.errors.push(error),
    box: {
      showPicture: (url, { width, height }) => {
        this.shown.push(url);
        this.shapes.add(`${width} x ${height}`);
      },
      showHistogram: (url) => this.histograms.push(url),
      showMeasure: ({ change, clipped }) => this.measures.push(`${change}. ${clipped}`),
      frameWidth: () => this.frameWidth,
    },
    session: {
      photo: {
        readPart: async (_prepared, area) => {
          this.parts.push(area);
          return { width: area.width, height: area.height, pixels: new Uint8Array(area.width * area.height * 3) };
        },
      },
      showPicture: async ({ width, height }) => {
        this.sizes.push(`${width} x ${height}`);
        if (this.isBroken) throw new Error('no picture');
        const url = `picture-${++this.made}`;
        if (this.isHeld) await new Promise<void>((resolve) => (this.letThrough = resolve));
        return { url, release: () => this.released.push(url) };
      },
    },
  });
}

async function state(): Promise<PanelState> {
  const setup = new SessionSetup();
  setup.host.open();
  const prepared = await setup.session.photo.preview();
  return { ...INITIAL_STATE, prepared };
}

const withRecipe = (of: PanelState, change: Parameters<typeof recipeWith>[0]): PanelState => ({
  ...of,
  settings: { ...of.settings, recipe: recipeWith(change) },
});
const withStrength = (of: PanelState, strength: number): PanelState => withRecipe(of, { strength });

describe('the preview', () => {
  it('shows a picture when there is something to show, and again only when something changes', async () => {
    const setup = new Setup();
    const first = await state();
    setup.presenter.update(INITIAL_STATE);
    setup.presenter.update(first);
    await settle();
    setup.presenter.update({ ...first, view: 'batch' });
    await settle();
    expect(setup.shown).toEqual(['picture-1']);
    setup.presenter.update({ ...first, split: 0.3 });
    await settle();
    expect(setup.shown).toEqual(['picture-1', 'picture-2']);
    expect(setup.released).toEqual(['picture-1']);
  });

  it('is made anew for another strength or exposure, and for nothing else that is set', async () => {
    const setup = new Setup();
    const first = await state();
    for (const change of [{}, { output: 'curves' }, { evBias: 1 }, { evBias: 1, strength: 60 }] as const) {
      setup.presenter.update(withRecipe(first, change));
      await setup.clock.advance(150);
    }
    expect(setup.measures).toHaveLength(3);
    expect(setup.shown).toHaveLength(3);
    expect(new Set(setup.measures).size).toBe(3);
  });

  it('is measured no more when there is nothing to show', async () => {
    const setup = new Setup();
    const first = await state();
    setup.presenter.update(first);
    await setup.clock.advance(200);
    setup.presenter.update({ ...first, prepared: undefined });
    setup.presenter.retell();
    await setup.clock.advance(200);
    expect([setup.measures.length, setup.errors]).toEqual([1, []]);
  });

  it('makes, while one picture is on its way, only the newest of those wanted meanwhile', async () => {
    const setup = new Setup();
    const first = await state();
    setup.isHeld = true;
    setup.presenter.update(first);
    for (const strength of [90, 80, 70]) setup.presenter.update(withStrength(first, strength));
    setup.isHeld = false;
    setup.letThrough();
    await settle();
    expect(setup.made).toBe(2);
  });

  it('measures when the slider rests, not while it moves', async () => {
    const setup = new Setup();
    const first = await state();
    for (const strength of [100, 90, 80]) {
      setup.presenter.update(withStrength(first, strength));
      await setup.clock.advance(50);
    }
    expect(setup.measures).toEqual([]);
    await setup.clock.advance(200);
    expect([setup.measures.length, setup.histograms.length]).toEqual([1, 1]);
    expect(setup.measures[0]).toMatch(/^\+\d\.\d\sEV.*clipped/);
    setup.presenter.retell();
    await setup.clock.advance(149);
    expect(setup.measures).toHaveLength(1);
    await setup.clock.advance(1);
    expect(setup.measures).toHaveLength(2);
    expect(setup.released).toContain(setup.histograms[0]);
    expect(setup.released).not.toContain(setup.histograms[1]);
  });

  it('tells when a picture cannot be made, and goes on with the next', async () => {
    const setup = new Setup();
    const first = await state();
    setup.isBroken = true;
    setup.presenter.update(first);
    await settle();
    expect(setup.errors).toMatchObject([{ message: 'no picture' }]);
    setup.isBroken = false;
    setup.presenter.update({ ...first, split: 0.3 });
    await settle();
    expect(setup.shown).toEqual(['picture-1']);
  });

  it('at 100 % reads what is seen and nothing else: once, also while the sliders move, and again when it is moved', async () => {
    const setup = new Setup();
    const whole = await state();
    const close: PanelState = { ...whole, zoom: 'pixels' };
    setup.presenter.update(close);
    await settle();
    setup.presenter.update(withStrength(close, 60));
    await settle();
    // The document has 16 × 16 pixels, the frame is 8 wide.
    expect(setup.parts).toEqual([{ left: 4, top: 4, width: 8, height: 8 }]);
    expect(setup.sizes).toEqual(['8 x 8', '8 x 8']);
    setup.presenter.update({ ...close, center: { x: 0, y: 1 } });
    await settle();
    expect(setup.parts.at(-1)).toEqual({ left: 0, top: 8, width: 8, height: 8 });
    setup.presenter.update({ ...close, displayScale: 2 });
    await settle();
    expect(setup.parts.at(-1)).toEqual({ left: 0, top: 0, width: 16, height: 16 });
    setup.presenter.update(whole);
    await settle();
    expect(setup.parts).toHaveLength(3);
    expect(setup.errors).toEqual([]);
  });

  it('at 100 % reads what a frame of another width shows, and nothing for one that is not seen', async () => {
    const setup = new Setup();
    const close: PanelState = { ...(await state()), zoom: 'pixels' };
    for (const width of [8, 12, 0, 12]) {
      setup.frameWidth = width;
      setup.presenter.update(close);
      await settle();
    }
    expect(setup.parts).toEqual([
      { left: 4, top: 4, width: 8, height: 8 },
      { left: 2, top: 2, width: 12, height: 12 },
    ]);
    // Were it that of the part, the frame could change with what is read for it, and be read again.
    expect([...setup.shapes]).toEqual(['16 x 16']);
  });

  it('shows all of the photograph, in a frame of whatever width, without making it again', async () => {
    const setup = new Setup();
    const whole = await state();
    for (const width of [8, 12]) {
      setup.frameWidth = width;
      setup.presenter.update(whole);
      await settle();
    }
    expect(setup.shown).toEqual(['picture-1']);
  });
});
