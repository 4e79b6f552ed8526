import { basename, dirname, relative, sep } from 'node:path';
import { Presets, SingleBar } from 'cli-progress';
import { shownPath } from '@evenlight/runtime';
import { endingsOf } from './find-photos.ts';
import type { FixedPhoto } from './fix-photo.ts';
import type { PassedOver } from './fix-plan.ts';
import type { PeakMemory } from './photo-fixer.ts';

/** The outcome of one photograph or argument. */
export type PhotoOutcome =
  | {
      readonly status: FixedPhoto['status'];
      readonly input: string;
      readonly output: string;
      readonly durationMs: number;
      readonly result: FixedPhoto;
    }
  | {
      /** The result was there already, made of this photograph with the same settings. */
      readonly status: 'done-before';
      readonly input: string;
      readonly output: string;
      readonly durationMs: number;
    }
  | {
      readonly status: 'failed';
      readonly input: string;
      readonly output?: string;
      readonly durationMs: number;
      readonly error: { readonly code: string; readonly message: string };
    };

export interface FixSummary {
  readonly photos: number;
  readonly fixed: number;
  readonly alreadyWellExposed: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly doneBefore: number;
  readonly passedOver: PassedOver;
  readonly cancelled: boolean;
  readonly durationMs: number;
  readonly model: string;
  /** What ran the network; empty when nothing got that far. */
  readonly runtime: string;
  readonly processes: readonly PeakMemory[];
  /** Pixels of the largest photograph. */
  readonly largestPhotoPixels: number;
}

/** What corrected a photograph. */
export interface RanOn {
  readonly model: string;
  readonly runtime: string;
}

/** Tells a person or a program what happens. */
export interface FixReporter {
  start(input: string, index: number, count: number): void;
  progress(fraction: number): void;
  /** Noise is going to be removed, which takes about so long. */
  restoring?(input: string, seconds: number): void;
  finish(outcome: PhotoOutcome, ran: RanOn): void;
  summarize(summary: FixSummary): void;
}

/** Where lines go. */
export interface FixStreams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: NodeJS.WriteStream;
}

/** One line of JSON for each photograph and one at the end, on standard output; errors also on standard error. */
export function createJsonReporter({ stdout, stderr }: FixStreams): FixReporter {
  const line = (value: object): void => void stdout.write(`${JSON.stringify(value)}\n`);
  return {
    start: () => undefined,
    progress: () => undefined,
    finish(outcome, ran) {
      if (outcome.status === 'failed') stderr.write(`${errorLine(outcome)}\n`);
      if (outcome.status === 'failed' || outcome.status === 'done-before') {
        line({ type: 'photo', ...outcome });
        return;
      }
      const { status, input, output, durationMs, result } = outcome;
      const { measurement, description, warnings, format, photo, restoration } = result;
      const facts = { width: photo.width, height: photo.height, channels: photo.channels, samples: photo.format };
      line({
        type: 'photo',
        ...{ status, input, output, durationMs, fileFormat: format, ...facts, colorSpace: photo.colorSpaceName },
        ...(measurement !== undefined && { measurement, ...ran }),
        ...(restoration !== undefined && { restoration }),
        ...{ description, warnings },
      });
    },
    summarize(summary) {
      const { processes, largestPhotoPixels, passedOver } = summary;
      const peakBytes = Math.max(0, ...processes.map((process) => process.peakBytes));
      const peakBytesPerPixel = largestPhotoPixels > 0 ? round(peakBytes / largestPhotoPixels, 2) : null;
      const counts = { results: passedOver.results.length, others: passedOver.others.length };
      line({ type: 'summary', ...summary, passedOver: counts, peakBytes, peakBytesPerPixel });
    },
  };
}

/** Shorter waits are not announced. */
const WORTH_A_WORD_S = 10;

/** A line for each photograph on standard output, errors on standard error, and a progress bar there if it is a terminal. */
export function createTextReporter({ stdout, stderr }: FixStreams, baseFolder: string): FixReporter {
  const bar = stderr.isTTY ? progressBar(stderr) : undefined;
  return {
    start(input, index, count) {
      bar?.start(100, 0, { name: shownPath(basename(input)), index, count });
    },
    progress(fraction) {
      bar?.update(Math.round(fraction * 100));
    },
    restoring(input, seconds) {
      if (seconds < WORTH_A_WORD_S) return;
      const time = `about ${Math.round(seconds)} s for ${shownPath(basename(input))}`;
      stderr.write(`cleaning noise takes ${time}; with --restore off the exposure alone is fixed\n`);
    },
    finish(outcome, { runtime }) {
      bar?.stop();
      if (outcome.status === 'failed') stderr.write(`${errorLine(outcome)}\n`);
      else if (outcome.status === 'done-before') return;
      else for (const line of photoLines(outcome, runtime, baseFolder)) stdout.write(`${line}\n`);
    },
    summarize(summary) {
      bar?.stop();
      const passedOver = passedOverLine(summary.passedOver);
      const isLong = summary.photos > 1 || summary.cancelled || summary.doneBefore > 0;
      if (isLong) stdout.write(`${summaryLine(summary)}\n`);
      if (passedOver !== undefined) stdout.write(`${passedOver}\n`);
    },
  };
}

function summaryLine({ fixed, alreadyWellExposed, unchanged, ...summary }: FixSummary): string {
  const parts = [
    `${fixed} fixed`,
    ...(alreadyWellExposed > 0 ? [`${alreadyWellExposed} already well exposed`] : []),
    ...(unchanged > 0 ? [`${unchanged} unchanged`] : []),
    ...(summary.doneBefore > 0 ? [`${summary.doneBefore} done before`] : []),
    ...(summary.failed > 0 ? [`${summary.failed} failed`] : []),
    ...(summary.cancelled ? ['cancelled'] : []),
  ];
  return `${parts.join(', ')} in ${seconds(summary.durationMs)}`;
}

function passedOverLine({ results, others }: PassedOver): string | undefined {
  const parts = [
    ...(results.length > 0 ? [`${results.length} results of earlier runs (--refix fixes them too)`] : []),
    ...(others.length > 0 ? [endingsOf(others)] : []),
  ];
  return parts.length === 0 ? undefined : `passed over: ${parts.join(', ')}`;
}

function progressBar(stream: NodeJS.WriteStream): SingleBar {
  const format = '{bar} {percentage} % · {index}/{count} {name}';
  return new SingleBar({ format, stream, clearOnComplete: true, hideCursor: true }, Presets.shades_classic);
}

function photoLines(
  outcome: Extract<PhotoOutcome, { result: FixedPhoto }>,
  runtime: string,
  baseFolder: string,
): string[] {
  const { input, output, durationMs, result } = outcome;
  const ran = result.measurement === undefined ? '' : ` · ${runtime}`;
  const fromBase = relative(baseFolder, output);
  const shortest = fromBase.startsWith(`..${sep}`) ? output : fromBase;
  const target = dirname(output) === dirname(input) ? basename(output) : shortest;
  const line = `${shownPath(basename(input))}: ${result.description}${ran} · ${seconds(durationMs)} → ${shownPath(target)}`;
  return [line, ...result.warnings.map((warning) => `  note: ${warning}`)];
}

function errorLine({ input, error }: Extract<PhotoOutcome, { status: 'failed' }>): string {
  const message = error.message.replaceAll(/\s*\n\s*/g, ' ');
  const path = shownPath(input);
  return message.includes(path) ? `error: ${message}` : `error: ${path}: ${message}`;
}

function seconds(milliseconds: number): string {
  return `${round(milliseconds / 1000, milliseconds < 10_000 ? 1 : 0)} s`;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
