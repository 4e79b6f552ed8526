import { ThumbnailPresenter } from '@evenlight/plugin/src/panel/thumbnail-presenter.ts';
import { INITIAL_STATE, reduce, type PanelState } from '@evenlight/plugin/src/panel/panel-state.ts';
import { describe, expect, it } from 'vitest';
import { settle } from '../../../fakes/plugin/manual-clock.ts';
import { gainCorrection } from '../../../fakes/plugin/memory-engine.ts';
import { SessionSetup } from '../../../fakes/plugin/session-setup.ts';

/** A session with documents, the panel's state that follows it, and the list of a batch. */
class Setup {
  readonly session = new SessionSetup();
  readonly shown: number[] = [];
  readonly presenter = new ThumbnailPresenter({
    session: this.session.session,
    list: { showThumbnail: (documentId) => this.shown.push(documentId) },
  });
  #view: PanelState['view'] = 'batch';
  isVisible = true;

  constructor(documents: number) {
    for (let i = 0; i < documents; i++) this.session.host.open();
    this.session.session.updateSettings({ isIntroduced: true });
  }

  /** All that was told so far, on the list of the batch or elsewhere. */
  async look(view: PanelState['view'] = this.#view): Promise<void> {
    this.#view = view;
    const state = this.session.events.reduce<PanelState>((now, event) => reduce(now, event), INITIAL_STATE);
    this.presenter.update({ ...state, view }, this.isVisible);
    await settle();
  }

  /** Pictures that were shown, and are no more. */
  get released(): number {
    return this.session.host.released.length;
  }

  get read(): readonly number[] {
    return this.session.host.thumbnails;
  }
}

describe('the small pictures of a batch', () => {
  it('are read once each when the list is looked at, and not before', async () => {
    const setup = new Setup(3);
    await setup.look('photo');
    expect(setup.read).toEqual([]);
    await setup.look('batch');
    await setup.look();
    expect(setup.read).toEqual([1, 2, 3]);
    expect(setup.shown).toEqual([1, 2, 3]);
    // Twice what a line of the list shows.
    expect(setup.session.host.pictures.map(({ width }) => width)).toEqual([80, 80, 80]);
  });

  it('are never read while the panel is hidden, and the rest is left out as soon as it is', async () => {
    const setup = new Setup(3);
    setup.isVisible = false;
    await setup.look();
    expect(setup.read).toEqual([]);
    setup.isVisible = true;
    setup.session.host.onStep = () => {
      setup.isVisible = false;
      return setup.look();
    };
    await setup.look();
    expect(setup.read).toEqual([1]);
  });

  it('are not read while the introduction is shown, or something runs', async () => {
    const setup = new Setup(1);
    setup.session.session.updateSettings({ isIntroduced: false });
    await setup.look();
    setup.session.session.updateSettings({ isIntroduced: true });
    setup.session.host.onStep = async () => {
      setup.session.host.onStep = () => undefined;
      await setup.look();
      expect(setup.read).toEqual([]);
    };
    await setup.session.session.photo.preview();
    await setup.look();
    expect(setup.read).toEqual([1]);
  });

  it('are read one after the other, also when the panel is drawn again meanwhile', async () => {
    const setup = new Setup(3);
    let [running, most] = [0, 0];
    setup.session.host.onStep = async () => {
      most = Math.max(most, ++running);
      if (running === 1) await setup.look();
      running--;
    };
    await setup.look();
    for (let i = 0; i < 5; i++) await settle();
    expect([setup.read, most]).toEqual([[1, 2, 3], 1]);
  });

  it('are given up when they are replaced, and when their document is closed', async () => {
    const setup = new Setup(2);
    await setup.look();
    expect(setup.released).toBe(0);
    await setup.look('photo');
    setup.session.host.touch(2);
    await setup.look('batch');
    expect(setup.released).toBe(1);
    setup.session.host.close(1);
    await setup.look();
    expect([setup.read, setup.released]).toEqual([[1, 2, 2], 2]);
  });

  it('are not read for every stroke of the brush, but when the list is looked at anew', async () => {
    const setup = new Setup(2);
    await setup.look();
    for (let stroke = 0; stroke < 5; stroke++) {
      setup.session.host.touch(2);
      await setup.look();
    }
    expect(setup.read).toEqual([1, 2]);
    await setup.look('photo');
    await setup.look('batch');
    expect(setup.read).toEqual([1, 2, 2]);
  });

  it('show what a batch has made of the documents', async () => {
    const setup = new Setup(2);
    await setup.look();
    await setup.session.session.batch.fixAll();
    // While it ran the panel showed its progress.
    setup.presenter.update({ ...INITIAL_STATE, view: 'photo' }, true);
    await settle();
    expect(setup.read).toEqual([1, 2]);
    await setup.look();
    expect([...setup.read].sort()).toEqual([1, 1, 2, 2]);
    await setup.look('photo');
    await setup.look('batch');
    expect(setup.read).toHaveLength(4);
  });

  it('stay as they are of documents that a batch has left as they were', async () => {
    const setup = new Setup(0);
    setup.session.host.open(undefined, { outputs: [] });
    setup.session.host.open();
    setup.session.local.correction = gainCorrection(1.001);
    await setup.look();
    await setup.session.session.batch.fixAll();
    await setup.look('photo');
    await setup.look('batch');
    expect(setup.session.last('batch').rows.map(({ status }) => status)).toEqual(['skipped', 'done']);
    expect(setup.read).toEqual([1, 2]);
  });

  it('are left out of documents that Photoshop shows none of, and asked for once', async () => {
    const setup = new Setup(2);
    setup.session.host.onStep = (_step, documentId) => {
      if (documentId === 1) throw new Error('no pixels');
    };
    await setup.look();
    await setup.look();
    expect([setup.read, setup.shown]).toEqual([[1, 2], [2]]);
  });
});
