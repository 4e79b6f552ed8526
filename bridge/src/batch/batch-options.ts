import { resolve } from 'node:path';
import { startFolder } from '@evenlight/runtime';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { CommandLineError, parseArguments, wholeNumber } from '../command-line.ts';
import { type FixEnvironment, type FixOptions, fixOptions, type RawFixOptions } from '../fix/fix-options.ts';
import { JOBS, OUT, OVERWRITE, RECURSIVE, withCorrectionOptions, withResultOptions } from '../fix/shared-options.ts';
import type { PhotoWorkerOptions } from './photo-worker.ts';

const ACTIONS = ['enqueue', 'status', 'retry', 'clear'] as const;

/** What `evenlight batch` was asked to do. */
export interface BatchCommandOptions {
  readonly action: (typeof ACTIONS)[number];
  readonly queueUrl: string;
  /** The folder that all computers share; absolute. */
  readonly root: string;
  /** The folder of an `enqueue` and what its photographs get. */
  readonly fix: FixOptions;
  /** Prints progress until nothing is left. */
  readonly watch: boolean;
  readonly json: boolean;
}

interface RawBatchOptions extends RawFixOptions {
  readonly queue?: string;
  readonly root?: string;
  readonly watch?: boolean;
  readonly takeOver: number;
}

const BATCH_HELP = `
  evenlight batch enqueue shoot --recursive --out fixed --root /mnt/studio --queue redis://queue.local
  evenlight worker --root /mnt/studio --queue redis://queue.local             on every computer that helps
  evenlight batch status --watch --queue redis://queue.local
  evenlight batch retry --queue redis://queue.local                           tries again what was given up

The queue holds paths relative to --root, never pixels: every computer must reach that folder, under whatever path.
A photograph that is in the queue already is not added twice. EVENLIGHT_QUEUE can replace --queue.`;

/**
 * Reads the arguments after `batch`.
 *
 * @throws CommandLineError
 */
export function parseBatchOptions(
  args: readonly string[],
  { env, currentFolder }: FixEnvironment,
): BatchCommandOptions {
  const command = withQueueOptions(withResultOptions(withCorrectionOptions(new Command('batch'))))
    .description('Puts the photographs of a folder into a queue that many computers work on.')
    .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
    .argument('[folder]', 'the folder whose photographs are to be fixed')
    .option(...OUT)
    .option(...RECURSIVE)
    .option(...OVERWRITE)
    .option('--watch', 'with status: report until nothing is left')
    .addHelpText('after', BATCH_HELP);
  parseArguments(command, args);
  const baseFolder = startFolder('batch', env, currentFolder);
  const [action, folder] = command.args;
  const raw = command.opts<RawBatchOptions>();
  if (action === 'enqueue' && folder === undefined) throw new CommandLineError('error: enqueue needs a folder', 2);
  return {
    action: ACTIONS.find((name) => name === action) ?? 'status',
    queueUrl: queueUrl(raw, env),
    root: resolve(baseFolder, raw.root ?? '.'),
    fix: fixOptions(raw, folder === undefined ? [] : [resolve(baseFolder, folder)], { env, baseFolder }),
    watch: raw.watch ?? false,
    json: raw.json ?? false,
  };
}

/**
 * Reads the arguments after `worker`.
 *
 * @throws CommandLineError
 */
export function parseWorkerOptions(
  args: readonly string[],
  { env, currentFolder }: FixEnvironment,
): PhotoWorkerOptions {
  const command = withQueueOptions(withCorrectionOptions(new Command('worker')))
    .description("Fixes photographs of a queue that 'evenlight batch enqueue' has filled.")
    .option(...JOBS)
    .option('--take-over <seconds>', 'after this much silence a worker counts as dead', wholeNumber(2, 3600), 30);
  parseArguments(command, args);
  const baseFolder = startFolder('worker', env, currentFolder);
  const raw = command.opts<RawBatchOptions>();
  const fix = fixOptions(raw, [], { env, baseFolder });
  return {
    queueUrl: queueUrl(raw, env),
    root: resolve(baseFolder, raw.root ?? '.'),
    jobs: fix.jobs,
    takeOverMs: raw.takeOver * 1000,
    fix,
  };
}

function withQueueOptions(command: Command): Command {
  return command
    .option('--queue <url>', 'the Redis that keeps the queue: redis://host:6379, rediss:// for TLS', redisUrl)
    .option('--root <folder>', 'the folder that all computers share (default: the current folder)')
    .option('--json', 'lines of JSON');
}

function redisUrl(text: string): string {
  if (/^rediss?:\/\/[^\s/]/.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('It must be an address such as redis://queue.local:6379.');
}

function queueUrl({ queue }: RawBatchOptions, env: FixEnvironment['env']): string {
  const fromEnvironment = env['EVENLIGHT_QUEUE'];
  if (queue !== undefined) return queue;
  if (fromEnvironment !== undefined && fromEnvironment !== '') return redisUrl(fromEnvironment);
  throw new CommandLineError('error: no queue: --queue redis://host:6379, or EVENLIGHT_QUEUE', 2);
}
