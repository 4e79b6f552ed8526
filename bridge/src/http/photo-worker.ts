import { writeFileSync } from 'node:fs';
import {
  type Adjustment,
  type Correction,
  createApplier,
  deserializeCorrection,
  type ImageDescription,
  messageOf,
  ModelError,
  orientationOf,
  predictScene,
  samplesIn,
  type TileShape,
} from '@evenlight/models';
import { ProtocolError } from '@evenlight/protocol';
import { BridgeError } from '../errors.ts';
import { applyStrips } from '../fix/apply-strips.ts';
import { fixPhoto } from '../fix/fix-photo.ts';
import {
  cannotRestore,
  type PhotoCandidate,
  type PhotoCleaner,
  type PhotoFixer,
  type PhotoPrediction,
  type ReadPhoto,
} from '../fix/photo-fixer.ts';
import { applyInThisThread } from '../fix/series.ts';
import type { StripApplier } from '../service/apply-pool.ts';
import { Restorer } from '../service/restorer.ts';
import type { PhotoCommand, PhotoOrder, PhotoReport } from './photo-messages.ts';

/*
 * A process that reads, corrects and writes photographs sent over HTTP. Decoders read files from strangers, need as
 * much memory as a picture has, and can only be stopped by ending their process. The network runs elsewhere, in the
 * bridge's queue: this process asks for corrections.
 */

/** If memory runs out, Linux should kill this process and not the bridge. */
const OOM_SCORE = '800';

/** This process is ended where others are cancelled. */
const NEVER = new AbortController().signal;

type BridgeAnswer = Exclude<PhotoCommand, { type: 'fix' }>;
let onAnswer: (answer: BridgeAnswer) => void = () => undefined;

process.on('disconnect', () => process.exit(0));
process.on('message', (command: PhotoCommand) => {
  if (command.type === 'fix') void run(command.order);
  else onAnswer(command);
});
volunteerForOom();

async function run(order: PhotoOrder): Promise<void> {
  const { quality, ...rest } = order;
  try {
    const photo = await fixPhoto(
      { ...rest, overwrite: true, ...(quality === undefined ? {} : { quality }) },
      {
        fixer: () => Promise.resolve(fixerFor(order)),
        signal: NEVER,
        onProgress: () => undefined,
      },
    );
    report({ type: 'fixed', photo });
  } catch (error) {
    report(failureOf(error));
  }
}

function fixerFor(order: PhotoOrder): PhotoFixer {
  const { modelInput, adjustment } = order;
  const cleaner = cleanerFor(order);
  const predict: PhotoCandidate['predict'] = async (source) => {
    checkSize(source, order);
    const orientation = orientationOf(source.photo.metadata.orientation);
    const correction = await predictScene(source, async (proxy) =>
      deserializeCorrection(await askForCorrection({ type: 'predict', proxy, orientation })),
    );
    const apply: PhotoPrediction['apply'] = (image, onProgress, amounts) =>
      amounts === undefined
        ? applyInThisThread(correction, adjustment, image, onProgress)
        : cleaner.clean(image, { correction, amounts, onProgress });
    return { prediction: { correction, apply } };
  };
  return {
    runtime: 'the bridge',
    checksumOf: () => undefined,
    candidate: () => Promise.resolve({ ...cleaner, input: modelInput, predict }),
    peakMemory: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
}

function cleanerFor({ adjustment, restoration }: PhotoOrder): PhotoCleaner {
  return {
    clean: async (image, { correction, amounts, onProgress }) => {
      if (restoration === undefined) throw cannotRestore();
      // Without the pixels: the tiles' plan needs the description alone.
      const { pixels: _, rowStride: __, ...described } = image;
      const inner = applierHere(correction, adjustment, described);
      const applier = new Restorer(restoration, runTiles).open(inner, described, { amounts });
      await applyStrips(applier, image, { signal: NEVER, onProgress });
    },
    secondsPerMegapixel: () => Promise.resolve(undefined),
  };
}

function checkSize({ photo: { image } }: ReadPhoto, limits: Pick<PhotoOrder, 'maxImagePixels' | 'maxImageSide'>): void {
  const { width, height } = image;
  if (Math.max(width, height) <= limits.maxImageSide && width * height <= limits.maxImagePixels) return;
  const takes = `${limits.maxImageSide} a side and ${limits.maxImagePixels} pixels`;
  throw new ProtocolError('IMAGE_TOO_LARGE', `the photograph is ${width} × ${height}, this bridge takes ${takes}`);
}

/** Strips are corrected when they are handed over, one after the other. */
function applierHere(correction: Correction, adjustment: Adjustment, image: ImageDescription): StripApplier {
  const applier = createApplier(correction, adjustment, image);
  return {
    apply: (rows, firstRow, rowCount) => {
      const copy = rows.slice();
      const samples = samplesIn(copy.buffer, image.format);
      applier.applyRows(samples, samples, { firstRow, rowCount });
      return Promise.resolve(copy);
    },
    close: () => undefined,
  };
}

async function runTiles({ input, shape }: { input: Float32Array; shape: TileShape }): Promise<Float32Array> {
  const answer = await ask({ type: 'tiles', input, shape });
  if (answer.type === 'tiles') return answer.output;
  throw noAnswer(answer);
}

async function askForCorrection(question: PhotoReport): Promise<Uint8Array> {
  const answer = await ask(question);
  if (answer.type === 'correction') return answer.bytes;
  throw noAnswer(answer);
}

function ask(question: PhotoReport): Promise<BridgeAnswer> {
  return new Promise((resolve) => {
    onAnswer = resolve;
    report(question);
  });
}

/** The bridge knows its own error and does not read this one. */
function noAnswer(answer: BridgeAnswer): Error {
  return new Error(answer.type === 'no-answer' ? answer.message : `the bridge answered with ${answer.type}`);
}

function failureOf(error: unknown): PhotoReport {
  const message = messageOf(error);
  if (error instanceof BridgeError) return { type: 'failed', from: 'bridge', code: error.code, message };
  if (error instanceof ProtocolError) return { type: 'failed', from: 'wire', code: error.code, message };
  if (error instanceof ModelError) return { type: 'failed', from: 'model', code: error.code, message };
  return { type: 'failed', from: 'other', code: 'INTERNAL', message };
}

function report(message: PhotoReport): void {
  process.send?.(message);
}

function volunteerForOom(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', OOM_SCORE);
  } catch {
    // Not Linux, or not allowed.
  }
}
