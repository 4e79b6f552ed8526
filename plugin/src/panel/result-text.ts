import { mostChanged, type Measurement } from '@evenlight/models';
import type { EngineSwitch } from '../session/engine-selector.ts';
import type { FixedResult, FixResult } from '../session/fix-result.ts';
import { codeText } from './error-text.ts';
import { decimalText, evText, percentText } from './number-text.ts';
import type { Texts } from './texts/texts.ts';

/** The result of a photograph, in words. `tone` says whether it is good or bad news. */
export interface ResultText {
  readonly tone: 'good' | 'neutral' | 'bad';
  readonly title: string;
  /** One sentence each, the most important first. */
  readonly lines: readonly string[];
  /** What is good to know, in small print. */
  readonly details: readonly string[];
  /** Offer _Fix anyway_. */
  readonly canForce: boolean;
}

/** "+1.3 EV, shadows most". */
export function changeText(measurement: Measurement, texts: Texts): string {
  const ev = evText(measurement.exposureEv, texts.language);
  const part = mostChanged(measurement);
  if (part === undefined) return texts('measure.change', { ev });
  return texts('measure.changeMost', { ev, part: texts(`measure.${part}`) });
}

/** Of the picture: what shows as 0.0 % is nothing. */
const CLIPPED_FROM = 0.0005;

/** "0.2 % → 0.3 % clipped". */
export function clippedText({ clippedBefore, clippedAfter }: Measurement, texts: Texts): string {
  if (Math.max(clippedBefore, clippedAfter) < CLIPPED_FROM) return texts('measure.unclipped');
  const before = percentText(clippedBefore, texts.language);
  return texts('measure.clipped', { before, after: percentText(clippedAfter, texts.language) });
}

/** A result in words, for the photo view. */
export function resultText(result: FixResult, texts: Texts): ResultText {
  if (result.kind === 'just-fixed') {
    const lines = [texts('result.justFixedHint')];
    return { tone: 'neutral', title: texts('result.justFixed'), lines, details: [], canForce: true };
  }
  if (result.kind === 'unchanged') {
    const lines = [texts('result.unchangedHint')];
    return { tone: 'neutral', title: texts('result.unchanged'), lines, details: [], canForce: false };
  }
  const { measurement } = result;
  const details = engineLines(result, texts);
  if (result.kind === 'already-well-exposed') {
    const { clippedBefore } = measurement;
    const before = percentText(clippedBefore, texts.language);
    const clipped =
      clippedBefore < CLIPPED_FROM ? texts('measure.unclipped') : texts('measure.clippedOnly', { before });
    const lines = [texts('result.noLayer'), asSentence(clipped)];
    return { tone: 'good', title: texts('result.wellExposed'), lines, details, canForce: true };
  }
  const fit =
    result.fitDeltaE === undefined
      ? []
      : [texts('result.fit', { deltaE: decimalText(result.fitDeltaE, 1, texts.language) })];
  const change = changeText(measurement, texts);
  const clipped = clippedText(measurement, texts);
  if (result.kind === 'saved') {
    const title = texts('result.saved', { file: result.fileName });
    return { tone: 'good', title, lines: [change, asSentence(clipped), ...fit], details, canForce: false };
  }
  const lines = [asSentence(clipped), ...placedLines(result, texts), ...fit];
  const isClean = result.cleaning?.kind === 'not-needed';
  const small = isClean ? [texts('result.cleanNotNeeded'), ...details] : details;
  return { tone: 'good', title: texts('result.fixed', { change }), lines, details: small, canForce: false };
}

/** What stands in the middle of a sentence elsewhere. */
export function asSentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A result in a few words, for a line of the batch. */
export function shortResultText(result: FixResult, texts: Texts): string {
  switch (result.kind) {
    case 'just-fixed':
      return texts('batch.justFixed');
    case 'unchanged':
      return texts('batch.unchanged');
    case 'already-well-exposed':
      return texts('batch.wellExposed');
    case 'saved':
      return changeText(result.measurement, texts);
    case 'fixed': {
      const change = changeText(result.measurement, texts);
      const { cleaning } = result;
      if (cleaning === undefined || cleaning.kind === 'not-needed') return change;
      return texts(cleaning.kind === 'cleaned' ? 'batch.cleaned' : 'batch.notCleaned', { change });
    }
  }
}

function placedLines(result: FixedResult, texts: Texts): string[] {
  const { document, output, recipe, isSubstitute, placed, cleaning } = result;
  const mode = texts(`mode.${document.mode}`);
  const names = { mode, wanted: texts(`output.${recipe.output}`), output: texts(`output.${output}`) };
  return [
    ...(isSubstitute ? [texts('result.substitute', names)] : []),
    ...(cleaning?.kind === 'cleaned' ? [texts('result.cleaned')] : []),
    ...(cleaning?.kind === 'left-out' ? [texts('result.notCleaned', { reason: codeText(cleaning, texts) })] : []),
    ...(placed.isMasked ? [texts('result.masked')] : []),
    ...(placed.hasSettings ? [] : [texts('result.noSettings')]),
  ];
}

function engineLines(result: Exclude<FixResult, { kind: 'just-fixed' | 'unchanged' }>, texts: Texts): string[] {
  const { engine, elapsedMs, switches } = result;
  const seconds = decimalText(elapsedMs / 1000, 1, texts.language);
  const by =
    engine.name === 'bridge'
      ? texts('result.byBridge', { where: engine.hostName ?? texts('where.thisComputer'), seconds })
      : texts('result.byPanel', { seconds });
  const lost = switches.find(({ then, isMidway }) => then === 'next' && isMidway);
  return [by, ...(lost === undefined ? [] : [texts('result.switched', { reason: switchText(lost, texts) })])];
}

function switchText(change: EngineSwitch, texts: Texts): string {
  return codeText(change, texts);
}
