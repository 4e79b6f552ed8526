import { canFix, durationText, timeLeftMs } from '@evenlight/plugin/src/panel/footer.ts';
import { INITIAL_STATE, type PanelState } from '@evenlight/plugin/src/panel/panel-state.ts';
import { offeredOutputs } from '@evenlight/plugin/src/panel/photo-view.ts';
import { parseNumber } from '@evenlight/plugin/src/panel/number-input.ts';
import { textsIn } from '@evenlight/plugin/src/panel/texts/texts.ts';
import { describe, expect, it } from 'vitest';
import { MemoryHost } from '../../../fakes/plugin/memory-host.ts';

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
    expect(timeLeftMs(0.09, 1000, 11_000)).toBeUndefined();
    expect(timeLeftMs(0.5, undefined, 11_000)).toBeUndefined();
    expect(timeLeftMs(1, 1000, 11_000)).toBe(0);
  });

  it('is said roughly', () => {
    expect([400, 9500, 31_000, 90_000, 91_000].map((ms) => durationText(ms, textsIn('en')))).toEqual([
      ...['1\u00a0s', '10\u00a0s', '40\u00a0s', '90\u00a0s', '2\u00a0min'],
    ]);
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
