import { describe, expect, it } from 'vitest';
import {
  INITIAL_STATE,
  reduce,
  referenceOf,
  shownResult,
  tickedIds,
  type PanelEvent,
  type PanelState,
} from '@evenlight/plugin/src/panel/panel-state.ts';
import { SessionSetup } from '../../../fakes/plugin/session-setup.ts';

/** A session whose every event goes through the reducer. */
function watched(policy?: 'automatic'): {
  setup: SessionSetup;
  state: () => PanelState;
  send: (event: PanelEvent) => void;
} {
  const setup = new SessionSetup(policy);
  let state = INITIAL_STATE;
  const send = (event: PanelEvent): void => {
    state = reduce(state, event);
  };
  setup.session.listen(send);
  return { setup, state: () => state, send };
}

describe("the panel's state", () => {
  it('follows documents, settings and connection', async () => {
    const { setup, state } = watched('automatic');
    setup.host.open();
    setup.session.updateRecipe({ strength: 60 });
    await setup.session.server.start();
    await setup.session.server.setToken('abc');
    expect(state()).toMatchObject({
      activeId: 1,
      settings: { recipe: { strength: 60 } },
      token: { isSet: true, place: 'secure' },
      connection: { status: 'connecting' },
    });
  });

  it('shows progress while a job runs, then its result', async () => {
    const { setup, state } = watched();
    setup.host.open();
    const fixing = setup.session.photo.fix();
    expect(state().job).toMatchObject({ kind: 'fix' });
    await fixing;
    expect(state().job).toBeUndefined();
    expect(state().result!.kind).toBe('fixed');
  });

  it.each(['read', 'write'] as const)(
    'tells nothing of a document that the user has left (during %s), until he is back',
    async (when) => {
      const { setup, state } = watched();
      const first = setup.host.open();
      const second = setup.host.open();
      await setup.host.setActiveDocument(first.id);
      setup.host.onStep = async (step) => {
        if (step === when) await setup.host.setActiveDocument(second.id);
      };
      await setup.session.photo.fix();
      expect([shownResult(state()), state().prepared?.source.document.id]).toEqual([undefined, undefined]);
      await setup.host.setActiveDocument(first.id);
      expect(shownResult(state())?.document.id).toBe(first.id);
      await setup.host.setActiveDocument(second.id);
      await setup.host.setActiveDocument(first.id);
      expect(shownResult(state())).toBeUndefined();
    },
  );

  it('keeps the before and after of what was just fixed, until the document changes', async () => {
    const { setup, state } = watched();
    const { id } = setup.host.open();
    await setup.session.photo.fix();
    await setup.host.setActiveDocument(id);
    expect(state().prepared).toBeDefined();
    setup.host.touch(id);
    expect(state().prepared).toBeUndefined();
  });

  it('drops preview and result when another document becomes active', async () => {
    const { setup, state } = watched();
    const { id } = setup.host.open();
    await setup.session.photo.preview();
    expect(state().prepared!.source.document.id).toBe(id);
    setup.host.open();
    expect(state().prepared).toBeUndefined();
    await setup.session.photo.fix();
    await setup.host.setActiveDocument(id);
    expect(state().result).toBeUndefined();
  });

  it('forgets the failure before when something new begins', async () => {
    const { setup, state, send } = watched();
    setup.host.open();
    send({ type: 'failure', error: new Error('odd') });
    expect(state().failure).toBeDefined();
    await setup.session.photo.preview();
    expect(state().failure).toBeUndefined();
  });

  it('puts new documents in the batch, and keeps the unticked out', () => {
    const { setup, state, send } = watched();
    setup.host.open();
    setup.host.open();
    send({ type: 'tick', documentId: 1, isTicked: false });
    setup.host.open();
    expect(tickedIds(state())).toEqual([2, 3]);
    send({ type: 'tick-all', isTicked: false });
    expect(tickedIds(state())).toEqual([]);
    send({ type: 'tick', documentId: 3, isTicked: true });
    expect(tickedIds(state())).toEqual([3]);
    setup.host.close(1);
    expect(state().unticked).toEqual(new Set([2]));
  });

  it('forgets the reference when it is closed or no longer wanted', () => {
    const { setup, state, send } = watched();
    setup.host.open();
    setup.host.open();
    send({ type: 'series', isOn: true });
    send({ type: 'reference', documentId: 1 });
    expect(state()).toMatchObject({ isSeries: true, referenceId: 1 });
    setup.host.open();
    setup.host.close(3);
    expect(state().referenceId).toBe(1);
    setup.host.close(1);
    expect(state().referenceId).toBeUndefined();
    send({ type: 'reference', documentId: 2 });
    send({ type: 'series', isOn: false });
    expect(state().referenceId).toBeUndefined();
  });

  it('takes a document that can be fixed as the reference, whatever is active or was chosen', () => {
    const { setup, state, send } = watched();
    const indexed = { mode: 'indexed', outputs: [], obstacle: 'mode' } as const;
    setup.host.open(undefined, indexed);
    send({ type: 'series', isOn: true });
    expect(referenceOf(state())).toBeUndefined();
    const { id } = setup.host.open();
    const { id: active } = setup.host.open(undefined, indexed);
    expect([state().activeId, referenceOf(state())]).toEqual([active, id]);
    send({ type: 'reference', documentId: active });
    expect(referenceOf(state())).toBe(id);
  });

  it('keeps the line of the preview inside the picture', () => {
    const { state, send } = watched();
    send({ type: 'split', split: 1.4 });
    expect(state().split).toBe(1);
    send({ type: 'split', split: -2 });
    expect(state().split).toBe(0);
  });

  it('zooms between all of the picture and four times, or to its pixels', () => {
    const zoomed = (zoom: PanelState['zoom']): PanelState['zoom'] => reduce(INITIAL_STATE, { type: 'zoom', zoom }).zoom;
    expect([0.5, 1, 2.5, 4, 8, 'pixels' as const].map(zoomed)).toEqual([1, 1, 2.5, 4, 4, 'pixels']);
  });

  it('keeps what is in the middle inside the picture', () => {
    const center = (x: number, y: number) => reduce(INITIAL_STATE, { type: 'pan', center: { x, y } }).center;
    expect(center(0.2, 0.9)).toEqual({ x: 0.2, y: 0.9 });
    expect([center(-1, 2), center(2, -1)]).toEqual([
      { x: 0, y: 1 },
      { x: 1, y: 0 },
    ]);
  });

  it('takes a strength from 0 to 150 in whole percent for one document, and forgets it', () => {
    const strengthsOf = (...percents: (number | undefined)[]): unknown => {
      let state = INITIAL_STATE;
      for (const percent of percents) state = reduce(state, { type: 'strength', documentId: 3, percent });
      return [...state.strengths];
    };
    expect([-5, 0, 62.4, 62.6, 150, 900].map((percent) => strengthsOf(percent))).toEqual(
      [0, 0, 62, 63, 150, 150].map((percent) => [[3, percent]]),
    );
    expect(strengthsOf(50, undefined)).toEqual([]);
  });

  it('shows all of another document that becomes active, and forgets the strengths of those that are closed', () => {
    const { setup, state, send } = watched();
    const first = setup.host.open();
    const second = setup.host.open();
    send({ type: 'zoom', zoom: 3 });
    send({ type: 'pan', center: { x: 0.1, y: 0.9 } });
    send({ type: 'strength', documentId: first.id, percent: 40 });
    send({ type: 'strength', documentId: second.id, percent: 60 });
    setup.host.touch(second.id);
    expect(state()).toMatchObject({ zoom: 3, center: { x: 0.1, y: 0.9 } });
    setup.host.close(second.id);
    expect(state()).toMatchObject({ activeId: first.id, zoom: 1, center: { x: 0.5, y: 0.5 } });
    expect([...state().strengths]).toEqual([[first.id, 40]]);
  });

  it('turns clipping and the advanced settings on and off', () => {
    const on = reduce(reduce(INITIAL_STATE, { type: 'clipping' }), { type: 'advanced' });
    const off = reduce(reduce(on, { type: 'clipping' }), { type: 'advanced' });
    expect([on, off].map(({ showsClipping, isAdvanced }) => [showsClipping, isAdvanced])).toEqual([
      [true, true],
      [false, false],
    ]);
  });

  it('forgets the name of the last report when another batch begins', () => {
    const saved = reduce(INITIAL_STATE, { type: 'saved', fileName: 'Evenlight.csv' });
    expect(saved.reportName).toBe('Evenlight.csv');
    expect(reduce(saved, { type: 'batch', rows: [] }).reportName).toBeUndefined();
  });

  it('is at first: one photograph, its line in the middle, nothing marked, held, ticked or running', () => {
    expect(INITIAL_STATE).toMatchObject({
      ...{ view: 'photo', split: 0.5, zoom: 1, displayScale: 1, center: { x: 0.5, y: 0.5 } },
      ...{ isHeld: false, showsClipping: false, isAdvanced: false, isSeries: false, token: { isSet: false } },
    });
  });

  it('is never changed in place', () => {
    const before = JSON.stringify(INITIAL_STATE);
    reduce(INITIAL_STATE, { type: 'tick', documentId: 3, isTicked: false });
    expect(JSON.stringify(INITIAL_STATE)).toBe(before);
    expect(INITIAL_STATE.unticked.size).toBe(0);
  });
});
