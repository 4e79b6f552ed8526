import { availableParallelism, freemem } from 'node:os';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf, type RestorationWish } from '@evenlight/models';
import { DEFAULT_BRIDGE_PORT } from '@evenlight/protocol';
import { Command, InvalidArgumentError } from 'commander';
import { type RuntimeChoice, startFolder, systemPath } from '@evenlight/runtime';
import type { PhotoFormat } from '../codec/photo.ts';
import { formatOfName } from '../codec/sniff-format.ts';
import { CommandLineError, parseArguments } from '../command-line.ts';
import {
  JOBS,
  JSON_LINES,
  OUT,
  OVERWRITE,
  RECURSIVE,
  type ResultKind,
  withCorrectionOptions,
  withResultOptions,
} from './shared-options.ts';

/** What `evenlight fix` was asked to do. Paths are absolute, except the photographs', which may be patterns. */
export interface FixOptions {
  readonly photos: readonly string[];
  readonly baseFolder: string;
  readonly outFolder?: string;
  /** 0..1.5 */
  readonly strength: number;
  /** −3..+3 EV */
  readonly evBias: number;
  /** How much of the noise that the correction lifts is removed; default: off. Numbers are shares, 0..1. */
  readonly restore?: RestorationWish;
  readonly format: PhotoFormat | 'keep';
  readonly model?: string;
  readonly bridgeUrl?: string;
  /** How long to wait for a bridge that has gone away. */
  readonly bridgeWaitSeconds?: number;
  readonly token?: string;
  readonly runtime: RuntimeChoice;
  readonly modelsFolder?: string;
  readonly recursive: boolean;
  readonly overwrite: boolean;
  /** Skip photographs that have a result already. */
  readonly skipExisting: boolean;
  /** Take results of earlier runs for photographs. */
  readonly refix: boolean;
  /** How many photographs are in work at once. */
  readonly jobs: number;
  readonly keepDates: boolean;
  readonly upright: boolean;
  /** Results replace their originals: the files are copies that another program made to be edited. */
  readonly inPlace: boolean;
  /** Replace files that carry the mark of a result. */
  readonly replaceResults?: boolean;
  /**
   * Photographs whose outputs another run has chosen; `photos` is then ignored. Only the file at its own output tells whether a photograph
   * is done: looking for renamed results in a folder of a million files would take too long.
   */
  readonly planned?: readonly PlannedPhoto[];
  /** Leaves out some of the photographs found. */
  readonly isWanted?: (path: string) => boolean;
  /** The photograph whose correction all get. */
  readonly reference?: string;
  readonly kind: ResultKind;
  /** Where the page with the pictures before and after goes. */
  readonly reportFile?: string;
  readonly json: boolean;
}

/** A photograph and the place of its result; both absolute. */
export interface PlannedPhoto {
  readonly input: string;
  readonly output: string;
}

export interface FixEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly currentFolder: string;
}

/** As the command line gives them. */
export interface RawFixOptions {
  readonly out?: string;
  readonly strength: number;
  readonly ev: number;
  readonly restore?: RestorationWish;
  readonly format?: PhotoFormat | 'keep';
  readonly model?: string;
  readonly bridge?: string;
  readonly bridgeWait?: number;
  readonly tokenFile?: string;
  readonly runtime: RuntimeChoice;
  readonly models?: string;
  readonly recursive?: boolean;
  readonly overwrite?: boolean;
  readonly skipExisting?: boolean;
  readonly refix?: boolean;
  readonly jobs?: number;
  readonly keepDates?: boolean;
  readonly upright?: boolean;
  readonly reference?: string;
  readonly as?: ResultKind;
  readonly report?: string;
  readonly json?: boolean;
}

/** Standard input as a photograph, standard output as a folder. */
export const STREAM = '-';

const DEFAULT_MOST_JOBS = 4;
/** A photograph of 100 megapixels, decoded, encoded and in strips. */
const BYTES_A_JOB = 2 ** 30;

const HELP = `
Exit codes: 0 all succeeded, 1 some failed (one line each on standard error), 2 command line not understood, 130 cancelled.

  evenlight fix party.jpg                                   writes party-fixed.jpg beside it
  evenlight fix ~/holiday --recursive --out ~/fixed         a folder and those inside it
  evenlight fix "*.tif" --strength 70 --ev -0.3             less of it, and a little darker
  evenlight fix ~/holiday --out ~/fixed --skip-existing     goes on where it was ended
  evenlight fix - < party.jpg > fixed.jpg                   in a pipe
  evenlight fix party.jpg --bridge ws://studio.local:${DEFAULT_BRIDGE_PORT}   on another computer`;

/**
 * Reads the arguments after `fix`.
 *
 * @throws CommandLineError
 */
export function parseFixOptions(args: readonly string[], { env, currentFolder }: FixEnvironment): FixOptions {
  const command = fixCommand();
  const baseFolder = startFolder('fix', env, currentFolder);
  parseArguments(command, filesWithDash(args, baseFolder));
  return fixOptions(command.opts<RawFixOptions>(), command.args, { env, baseFolder });
}

/** Every option of a run, from those that a command offers. */
export function fixOptions(
  raw: RawFixOptions,
  photos: readonly string[],
  { env, baseFolder }: { readonly env: FixEnvironment['env']; readonly baseFolder: string },
): FixOptions {
  const modelsFolder = raw.models ?? env['EVENLIGHT_MODELS'];
  const token = readToken(raw.tokenFile === undefined ? undefined : resolve(baseFolder, raw.tokenFile), env);
  return {
    photos,
    baseFolder,
    strength: raw.strength / 100,
    evBias: raw.ev,
    format: raw.format ?? 'keep',
    runtime: raw.runtime,
    recursive: raw.recursive ?? false,
    overwrite: raw.overwrite ?? false,
    skipExisting: raw.skipExisting ?? false,
    refix: raw.refix ?? false,
    jobs: raw.jobs ?? defaultJobs(),
    keepDates: raw.keepDates ?? false,
    upright: raw.upright ?? false,
    kind: raw.as ?? 'photo',
    inPlace: false,
    json: raw.json ?? false,
    ...(raw.out !== undefined && { outFolder: raw.out === STREAM ? STREAM : resolve(baseFolder, raw.out) }),
    ...(raw.reference !== undefined && { reference: resolve(baseFolder, raw.reference) }),
    ...(raw.report !== undefined && { reportFile: resolve(baseFolder, raw.report) }),
    ...(raw.restore !== undefined && { restore: restoreWish(raw) }),
    ...(raw.model !== undefined && { model: raw.model }),
    ...(raw.bridge !== undefined && { bridgeUrl: raw.bridge }),
    ...(raw.bridgeWait !== undefined && { bridgeWaitSeconds: raw.bridgeWait }),
    ...(token !== undefined && { token }),
    ...(modelsFolder !== undefined && { modelsFolder: resolve(baseFolder, modelsFolder) }),
  };
}

/**
 * One photograph a core, because only its pixels are corrected by several threads; one more for the times in which another waits for
 * the network or the disk; and a gibibyte of free memory for each.
 */
function defaultJobs(): number {
  return Math.max(1, Math.min(DEFAULT_MOST_JOBS, availableParallelism() + 1, Math.floor(freemem() / BYTES_A_JOB)));
}

/** A shell's pattern also gives names like "-a.jpg", which are no options: such a file is named from its folder. */
function filesWithDash(args: readonly string[], baseFolder: string): string[] {
  const isFile = (arg: string): boolean =>
    arg.startsWith('-') && formatOfName(arg) !== undefined && existsSync(systemPath(resolve(baseFolder, arg)));
  return args.map((arg) => (isFile(arg) ? `./${arg}` : arg));
}

function fixCommand(): Command {
  const command = new Command('fix')
    .description('Fixes the exposure of photographs.')
    .argument('<photos...>', 'files, folders or patterns ("*.jpg"): JPEG, PNG, TIFF, WebP; - is standard input')
    .option(...OUT)
    .option(
      '--skip-existing',
      'skip photographs that were already fixed with these settings, to continue an earlier run',
    )
    .option(
      '--reference <photo>',
      'give every photograph the correction of this one, so that a series stays consistent',
    )
    .option('--report <file.html>', 'write a page with every photograph before and after, largest change first', page)
    .option(...RECURSIVE)
    .option(...OVERWRITE)
    .option(...JOBS)
    .option('--refix', 'also fix results of earlier runs, which are skipped otherwise')
    .option(...JSON_LINES)
    .addHelpText('after', HELP);
  return withCorrectionOptions(withResultOptions(command));
}

/** @throws CommandLineError where `--restore` has no pixels to work on */
function restoreWish({ restore = 'off', as: kind = 'photo' }: RawFixOptions): RestorationWish {
  if (restore === 'off') return restore;
  if (kind === 'photo') return restore;
  throw new CommandLineError(`error: --restore cleans photographs, not --as ${kind}`, 2);
}

function page(path: string): string {
  if (/\.html?$/i.test(path)) return path;
  throw new InvalidArgumentError('Its name must end with .html.');
}

function readToken(file: string | undefined, env: FixEnvironment['env']): string | undefined {
  if (file === undefined) return env['EVENLIGHT_TOKEN'] === '' ? undefined : env['EVENLIGHT_TOKEN'];
  try {
    const token = readFileSync(file, 'utf8').trim();
    if (token !== '') return token;
  } catch (error) {
    throw new CommandLineError(`error: cannot read --token-file: ${messageOf(error)}`, 2);
  }
  throw new CommandLineError(`error: --token-file ${file} is empty`, 2);
}
