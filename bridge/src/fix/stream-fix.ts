import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Readable, Writable } from 'node:stream';
import { CommandLineError } from '../command-line.ts';
import { type FixOptions, STREAM } from './fix-options.ts';
import type { PhotoOutcome, FixReporter } from './fix-report.ts';

/** The process' own ends of a pipe. */
export interface StreamEnds {
  readonly stdin: Readable;
  readonly stdout: Writable;
}

const INPUT_NAME = 'standard-input';

/** Whether a photograph comes from standard input or goes to standard output. */
export function usesStreams({ photos, outFolder }: FixOptions): boolean {
  return photos.includes(STREAM) || outFolder === STREAM;
}

/**
 * Fixes one photograph in a pipe: "-" as a photograph is standard input, as `--out` standard output. It passes through a
 * temporary folder, because photographs are not read in one go, and so that a half one never goes down the pipe.
 *
 * @param run fixes what the options name
 * @returns the exit code of `run`
 * @throws CommandLineError where more than one photograph would go through the pipe
 */
export async function fixStreams(
  options: FixOptions,
  ends: StreamEnds,
  run: (options: FixOptions) => Promise<number>,
): Promise<number> {
  const readsInput = options.photos.includes(STREAM);
  const writesOutput = options.outFolder === STREAM || (readsInput && options.outFolder === undefined);
  if (options.photos.length > 1) throw new CommandLineError('error: "-" takes one photograph at a time', 2);
  if (writesOutput && options.json) {
    throw new CommandLineError(
      'error: --json needs standard output, where the photograph goes: name an --out folder',
      2,
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'evenlight-pipe-'));
  try {
    const input = join(folder, INPUT_NAME);
    if (readsInput) await pipeline(ends.stdin, createWriteStream(input));
    const out = join(folder, 'out');
    await mkdir(out);
    const code = await run({
      ...options,
      photos: readsInput ? [input] : options.photos,
      ...(writesOutput && { outFolder: out }),
    });
    const [result] = writesOutput ? await readdir(out) : [];
    if (result !== undefined) await pipeline(createReadStream(join(out, result)), ends.stdout, { end: false });
    return code;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A reporter for a pipe: calls the photograph "standard input", and prints only errors and notes. */
export function streamReporter(reporter: FixReporter, stderr: { write(text: string): unknown }): FixReporter {
  return {
    ...reporter,
    finish(outcome: PhotoOutcome, ran) {
      if (outcome.status === 'failed') reporter.finish(named(outcome), ran);
      else if ('result' in outcome) for (const note of outcome.result.warnings) stderr.write(`note: ${note}\n`);
    },
    summarize: () => undefined,
  };
}

function named(outcome: Extract<PhotoOutcome, { status: 'failed' }>): PhotoOutcome {
  const { code, message } = outcome.error;
  const text = message.replaceAll(/\S*evenlight-pipe-\w+[/\\](standard-input|out[/\\]\S*)/g, 'standard input');
  const input = outcome.input.endsWith(INPUT_NAME) ? 'standard input' : outcome.input;
  return { ...outcome, input, error: { code, message: text } };
}
