import { parseBridgeAddress } from '@evenlight/client';
import { DEFAULT_BRIDGE_PORT, ProtocolError } from '@evenlight/protocol';
import type { RungResult } from '../session/diagnosis.ts';
import { block, Part } from './dom.ts';
import type { PanelState } from './panel-state.ts';
import type { Texts } from './texts/texts.ts';

const TONES = { passed: 'good', failed: 'bad', skipped: 'neutral', open: 'none' } as const;

/** The steps of the diagnosis, and what to do about the one that failed. */
export class DiagnosisList {
  readonly part = block('ev-list');
  #shown = '';

  update(diagnosis: PanelState['diagnosis'], address: string, texts: Texts): void {
    this.part.visible(diagnosis !== undefined);
    const shown = JSON.stringify([diagnosis, texts.language]);
    if (diagnosis === undefined || shown === this.#shown) return;
    this.#shown = shown;
    this.part.replace(diagnosis.rungs.map((rung) => rungPart(rung, address, texts)));
  }
}

function rungPart(result: RungResult, address: string, texts: Texts): Part {
  const name = new Part('div', 'ev-rung-name').text(texts(`rung.${result.rung}`));
  const seen = result.status === 'skipped' ? texts('rung.skipped') : (result.seen ?? '');
  const notes = seen === '' ? [] : [new Part('div', 'ev-note').text(seen)];
  const advice = adviceText(result, address, texts);
  const todo = advice === undefined ? [] : [new Part('div', 'ev-advice').text(advice)];
  const dot = new Part('div', 'ev-dot');
  return block(`ev-rung is-${TONES[result.status]}`, dot, block('ev-rung-text', name, ...notes, ...todo));
}

/** What to do about a rung that failed. */
function adviceText({ advice, seen }: RungResult, address: string, texts: Texts): string | undefined {
  if (advice === undefined) return undefined;
  const { host, port } = hostAndPort(address);
  const isElsewhere = advice === 'other-port';
  return texts(`advice.${advice}`, { host, port: isElsewhere ? DEFAULT_BRIDGE_PORT : port, seen: seen ?? '' });
}

function hostAndPort(address: string): { readonly host: string; readonly port: number } {
  try {
    return parseBridgeAddress(address);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { host: address, port: DEFAULT_BRIDGE_PORT };
  }
}
