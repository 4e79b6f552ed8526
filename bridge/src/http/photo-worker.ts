import { writeFileSync } from 'node:fs';
import { deserializeCorrection, messageOf, ModelError, orientationOf, predictScene } from '@evenlight/models';
import { ProtocolError } from '@evenlight/protocol';
import { BridgeError } from '../errors.ts';
import { fixPhoto } from '../fix/fix-photo.ts';
import type { PhotoCandidate, PhotoFixer, ReadPhoto } from '../fix/photo-fixer.ts';
import { applyInThisThread } from '../fix/series.ts';
import type { PhotoCommand, PhotoOrder, PhotoReport } from './photo-messages.ts';

/*
 * A process that reads, corrects and writes photographs sent over HTTP. Decoders read files from strangers, need as
 * much memory as a picture has, and can only be stopped by ending their process. The network runs elsewhere, in the
 * bridge's queue: this process asks for corrections.
 */

/** If memory runs out, Linux should kill this process and not the bridge. */
const OOM_SCORE = '800';

type WireAnswer = Extract<PhotoCommand, { type: 'correction' | 'no-correction' }>;
let onAnswer: (answer: WireAnswer) => void = () => undefined;

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
        signal: new AbortController().signal,
        onProgress: () => undefined,
      },
    );
    report({ type: 'fixed', photo });
  } catch (error) {
    report(failureOf(error));
  }
}

function fixerFor({ modelInput, adjustment, ...limits }: PhotoOrder): PhotoFixer {
  const predict = async (source: ReadPhoto): Promise<Awaited<ReturnType<PhotoCandidate['predict']>>> => {
    checkSize(source, limits);
    const orientation = orientationOf(source.photo.metadata.orientation);
    const correction = await predictScene(source, async (proxy) =>
      deserializeCorrection(await askForCorrection({ type: 'predict', proxy, orientation })),
    );
    return {
      prediction: {
        correction,
        apply: (image, onProgress) => applyInThisThread(correction, adjustment, image, onProgress),
      },
    };
  };
  return {
    runtime: 'the bridge',
    checksumOf: () => undefined,
    candidate: () => Promise.resolve({ input: modelInput, predict }),
    peakMemory: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
}

function checkSize({ photo: { image } }: ReadPhoto, limits: Pick<PhotoOrder, 'maxImagePixels' | 'maxImageSide'>): void {
  const { width, height } = image;
  if (Math.max(width, height) <= limits.maxImageSide && width * height <= limits.maxImagePixels) return;
  const takes = `${limits.maxImageSide} a side and ${limits.maxImagePixels} pixels`;
  throw new ProtocolError('IMAGE_TOO_LARGE', `the photograph is ${width} × ${height}, this bridge takes ${takes}`);
}

async function askForCorrection(question: PhotoReport): Promise<Uint8Array> {
  const answer = await new Promise<WireAnswer>((resolve) => {
    onAnswer = resolve;
    report(question);
  });
  if (answer.type === 'correction') return answer.bytes;
  // The bridge knows its own error and does not read this one.
  throw new Error(answer.message);
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
