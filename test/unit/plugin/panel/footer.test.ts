import { canFix, durationText, Footer, timeLeftMs } from '@evenlight/plugin/src/panel/footer.ts';
import { INITIAL_STATE, type PanelState } from '@evenlight/plugin/src/panel/panel-state.ts';
import { offeredOutputs } from '@evenlight/plugin/src/panel/photo-view.ts';
import { parseNumber } from '@evenlight/plugin/src/panel/number-input.ts';
import { textsIn } from '@evenlight/plugin/src/panel/texts/texts.ts';
import type { BatchRow } from '@evenlight/plugin/src/session/batch.ts';
import type { SessionJob } from '@evenlight/plugin/src/session/session-event.ts';
import { describe, expect, it } from 'vitest';
import { MemoryHost } from '../../../fakes/plugin/memory-host.ts';
import { MemoryScreen, wordsOf } from '../../../fakes/plugin/memory-screen.ts';

describe('what a document allows', () => {
  const stateOf = (outputs: readonly ('pixels' | 'curves' | 'lookup')[]): PanelState => {
    const host = new MemoryHost();
    const document = host.open(undefined, { outputs });
    return { ...INITIAL_STATE, documents: [document], activeId: document.id };
  };

  it('is the button where it can be fixed, and none where it cannot or nothing is open', () => {
    expect([canFix(stateOf(['pixels'])), canFix(stateOf([])), canFix(INITIAL_STATE)]).toEqual([true, false, false]);
  });

  it('are the results that it takes, and the one that is chosen', () => {
    const [gray] = stateOf(['pixels', 'curves']).documents;
    expect(offeredOutputs(gray, 'pixels')).toEqual(['pixels', 'curves']);
    expect(offeredOutputs(gray, 'lookup')).toEqual(['pixels', 'curves', 'lookup']);
    expect(offeredOutputs(undefined, 'pixels')).toEqual(['pixels', 'curves', 'lookup', 'cube']);
  });
});

describe('the time that a batch still takes', () => {
  it('is as the time it took, once there is enough to tell', () => {
    expect(timeLeftMs(0.25, 1000, 11_000)).toBe(30_000);
    expect(timeLeftMs(0.1, 1000, 2000)).toBe(9000);
    expect(timeLeftMs(0.09, 1000, 11_000)).toBeUndefined();
    expect(timeLeftMs(0.5, undefined, 11_000)).toBeUndefined();
    expect(timeLeftMs(1, 1000, 11_000)).toBe(0);
  });

  it('is said roughly', () => {
    const said = (...ms: number[]): string[] => ms.map((each) => durationText(each, textsIn('en')));
    expect(said(0, 1001, 9500, 10_001)).toEqual(['1\u00a0s', '2\u00a0s', '10\u00a0s', '20\u00a0s']);
    expect(said(31_000, 90_000, 91_000)).toEqual(['40\u00a0s', '90\u00a0s', '2\u00a0min']);
  });
});

describe('the foot of the panel', () => {
  const host = new MemoryHost();
  const documents = [host.open(undefined, { outputs: ['curves'] })];
  const { id } = documents[0]!;
  const open = { documents, activeId: id };
  const row = { documentId: id, title: 'a' };
  const rows: readonly BatchRow[] = [
    { ...row, status: 'done', result: { kind: 'unchanged', document: documents[0]! } },
    { ...row, status: 'failed', error: { code: 'FAILED', message: 'odd' } },
    { ...row, status: 'running', progress: { stage: 'writing', fraction: 0.5 } },
    { ...row, status: 'waiting' },
  ];
  const jobOf = (change: Partial<SessionJob>): SessionJob => ({
    ...{ kind: 'fix', documentId: id, progress: undefined, isStopping: false },
    ...change,
  });

  /** What it shows at 10 s, with the percent of its bar. */
  function shown(change: Partial<PanelState>): string {
    const screen = new MemoryScreen();
    const doNothing = (): void => undefined;
    const actions = { fix: doNothing, update: doNothing, remove: doNothing, fixBatch: doNothing, cancel: doNothing };
    const footer = new Footer(actions, () => 10_000);
    footer.update({ ...INITIAL_STATE, ...change }, textsIn('en'));
    screen.root.children.splice(0, Infinity, footer.part.node as never);
    if (screen.ofClass('ev-footer') === undefined) return 'nothing';
    const percent = screen.ofClass('ev-progress')?.attributes.get('value');
    return [...wordsOf(screen.root), ...(percent === undefined ? [] : [`${percent} %`])].join(', ');
  }

  it.each<[string, Partial<PanelState>, string]>([
    ['nothing is open', {}, 'nothing'],
    ['nothing is open for a batch', { view: 'batch' }, 'nothing'],
    ['the settings are seen', { ...open, view: 'settings' }, 'nothing'],
    ['a photo is open', open, 'Fix exposure'],
    ['a photo is open for a batch', { ...open, view: 'batch' }, 'Fix 1 document'],
    ['none is ticked', { ...open, view: 'batch', unticked: new Set([id]) }, 'Select at least one document'],
    ['a photo is left out of the batch', { ...open, unticked: new Set([id]) }, 'Fix exposure'],
  ])('offers what can be done where %s', (_, change, words) => {
    expect(shown(change)).toBe(words);
  });

  it.each<[string, Partial<SessionJob>, string]>([
    ['has just begun', {}, 'Cancel, Reading the photo, 0 %'],
    ['writes', { progress: { stage: 'writing', fraction: 0.725 } }, 'Cancel, Creating the layer, 73 %'],
    [
      'waits for Photoshop',
      { progress: { stage: 'waiting-for-photoshop', fraction: 0.3, detail: 'a dialog is open' } },
      'Cancel, Photoshop is busy: a dialog is open, 30 %',
    ],
    ['is ending', { progress: { stage: 'writing', fraction: 0.5 }, isStopping: true }, 'Canceling …, 50 %'],
  ])('tells how far a job is that %s, in every view', (_, change, words) => {
    for (const view of ['photo', 'batch', 'settings'] as const) {
      expect(shown({ ...open, view, unticked: new Set([id]), job: jobOf(change) })).toBe(words);
    }
  });

  it('tells how many documents of a batch are done, and after a tenth of the work how long the rest takes', () => {
    const batch = { ...open, job: jobOf({ kind: 'batch' }), batchStartMs: 0 };
    expect(shown({ ...batch, rows })).toBe('Cancel, 2 of 4, about 6\u00a0s left, 63 %');
    expect(shown({ ...batch, rows: rows.slice(3) })).toBe('Cancel, 0 of 1, 0 %');
    expect(shown(batch)).toBe('Cancel, 0 of 0, 0 %');
  });
});

describe('a number that was typed', () => {
  it.each([
    ['120', 120],
    [' +0,3 EV', 0.3],
    ['−1.5', -1.5],
    ['-.5', -0.5],
    ['80 %', 80],
    ['', undefined],
    ['much', undefined],
  ])('%j is %j', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });
});
