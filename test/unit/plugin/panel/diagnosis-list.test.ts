import { DiagnosisList } from '@evenlight/plugin/src/panel/diagnosis-list.ts';
import { textsIn } from '@evenlight/plugin/src/panel/texts/texts.ts';
import type { RungResult } from '@evenlight/plugin/src/session/diagnosis.ts';
import { describe, expect, it } from 'vitest';
import { MemoryScreen, wordsOf } from '../../../fakes/plugin/memory-screen.ts';

const english = textsIn('en');

/** A list on a screen, and what it shows: each step with its colour. */
function setUp(): { readonly list: DiagnosisList; readonly lines: () => readonly string[] } {
  const screen = new MemoryScreen();
  const list = new DiagnosisList();
  screen.root.appendChild(list.part.node);
  const lines = (): readonly string[] =>
    [...screen.root.visible()]
      .filter(({ className }) => className.startsWith('ev-rung is-'))
      .map((line) => `${line.className.slice(11)}: ${wordsOf(line).join(' | ')}`);
  return { list, lines };
}

const diagnosis = (...rungs: RungResult[]) => ({ rungs, isRunning: false });

describe('the steps of the diagnosis', () => {
  it('are not there before it was asked for', () => {
    const { list, lines } = setUp();
    list.update(undefined, '127.0.0.1', english);
    expect([lines(), list.part.node.style.display]).toEqual([[], 'none']);
  });

  it('say what was seen, which do not apply, and what to do about the one that failed', () => {
    const { list, lines } = setUp();
    const rungs: RungResult[] = [
      { rung: 'address', status: 'passed', seen: 'ws://studio:8000' },
      { rung: 'tls', status: 'skipped' },
      { rung: 'reachable', status: 'failed', seen: 'no answer', advice: 'open-firewall' },
      { rung: 'websocket', status: 'open' },
    ];
    list.update(diagnosis(...rungs), 'studio:8000', english);
    expect(lines()).toEqual([
      `good: ${english('rung.address')} | ws://studio:8000`,
      `neutral: ${english('rung.tls')} | ${english('rung.skipped')}`,
      `bad: ${english('rung.reachable')} | no answer | ${english('advice.open-firewall', { port: 8000 })}`,
      `none: ${english('rung.websocket')}`,
    ]);
  });

  it.each([
    ['unreachable-or-untrusted', 'wss://studio:8000', 'https://studio:8000/healthz'],
    ['open-firewall', 'studio', 'port 8497'],
    ['other-port', 'studio:8000', 'port 8497'],
    ['correct-address', 'ftp://studio', 'Enter the address exactly'],
  ] as const)('advise %s for %s with its own computer and port', (advice, address, words) => {
    const { list, lines } = setUp();
    list.update(diagnosis({ rung: 'reachable', status: 'failed', seen: 'no', advice }), address, english);
    expect(lines().join()).toContain(words);
  });

  it('name the models to choose from', () => {
    const { list, lines } = setUp();
    const rung = { rung: 'model', status: 'failed', seen: 'exposure, night', advice: 'choose-model' } as const;
    list.update(diagnosis(rung), 'studio', english);
    expect(lines().join()).toContain('It has: exposure, night.');
  });

  it('follow the diagnosis, and the language', () => {
    const { list, lines } = setUp();
    const passed = { rung: 'address', status: 'passed' } as const;
    list.update(diagnosis({ rung: 'address', status: 'open' }), 'studio', english);
    list.update(diagnosis(passed), 'studio', english);
    expect(lines()).toEqual([`good: ${english('rung.address')}`]);
    const german = textsIn('de');
    list.update(diagnosis(passed), 'studio', german);
    expect(lines()).toEqual([`good: ${german('rung.address')}`]);
  });
});
