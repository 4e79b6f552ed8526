import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '@evenlight/models';
import * as z from 'zod/mini';
import { COMPOSITIONS } from './compose/compose.ts';
import { DEFAULT_SEED } from './dataset/split.ts';
import { operationSchema } from './degrade/operations.ts';
import { liftSchema } from './degrade/lift.ts';
import { chance, nonNegative, range } from './degrade/parameters.ts';
import { TrainerError } from './errors.ts';
import { networkSchema } from './network/registry.ts';
import { setFields } from './run-file-field.ts';

// Without a language zod only says 'Invalid input'.
z.config(z.locales.en());

const positiveInt = z.int().check(z.gte(1));

/**
 * How a share of the pairs is made: the source, the operations that make the target from it, and those that make the input from the
 * target (for the source `paired`, from its own input).
 */
const pairSchema = z.strictObject({
  share: z.number().check(z.gt(0)),
  source: z.enum(['photo', 'lowkey', 'highkey', 'native', 'panorama', 'paired']),
  /** For panoramas: the mean, encoded, that the target's exposure aims at; normally distributed over the views. */
  viewMean: z._default(z.strictObject({ mean: chance, deviation: nonNegative }), { mean: 0.44, deviation: 0.06 }),
  /**
   * For photographs: only parts whose mean, encoded, lies between two values, and of whose values at most a share is clipped. Such a part of a
   * well-exposed photograph is bright, or dark, by right.
   */
  part: z.optional(z.strictObject({ mean: range, maxClipped: z._default(chance, 1) })),
  target: z.array(operationSchema),
  input: z.array(operationSchema),
  /**
   * For restoration: both pictures are under-exposed before the input's operations and lifted after them. For an autoencoder, which
   * brightens as well: the input is under-exposed and not lifted, the target stays as it is.
   */
  lift: z.optional(liftSchema),
  /**
   * Puts both pictures into a surround (see `compose`): `whole` before the input's operations, so that they degrade the surround as
   * well; `inside` after them, so that it stays as it is.
   */
  compose: z.optional(z.strictObject({ kind: z.enum(COMPOSITIONS), degrade: z.enum(['whole', 'inside']) })),
});

const trainingSchema = z.strictObject({
  batch: positiveInt,
  steps: positiveInt,
  /** Number of the first batch: a run that starts from another's weights must not see the same pairs again. */
  firstBatch: z._default(nonNegative, 0),
  learningRate: z.number().check(z.gt(0)),
  warmupSteps: nonNegative,
  /** Factor on the learning rate of the gate's own layers: they are few, and may start from random weights in an older network. */
  gateRate: z._default(z.number().check(z.gt(0)), 1),
  /** The encoder's first levels, as many, keep their weights: networks that are trained so can share them. */
  frozenLevels: z.optional(positiveInt),
  /** Only the layers that serve the gate alone are trained, by the term `gate`: a step takes half as long, and pictures stay as they are. */
  gateAlone: z.optional(z.boolean()),
  /** Each batch is learned from twice, as it is and mirrored: where making pairs takes longer than learning from them. */
  mirrored: z.optional(z.boolean()),
  /** Cosine decay to zero over this many last steps; before it the learning rate is constant. */
  decaySteps: nonNegative,
  weightDecay: nonNegative,
  clipNorm: z.number().check(z.gt(0)),
  emaDecay: chance,
  loss: z.strictObject({
    absolute: nonNegative,
    meanSquare: z._default(nonNegative, 0),
    logMeanSquare: z._default(nonNegative, 0),
    rootMeanSquare: nonNegative,
    means: nonNegative,
    gradients: nonNegative,
    cosine: nonNegative,
    /** Of pixels with one or two clipped channels: what colour they are apart from their brightness. */
    clippedColour: z._default(nonNegative, 0),
    /** Of the same pixels: their hue, counted by how colourful the target is. */
    clippedHue: z._default(nonNegative, 0),
    white: z._default(nonNegative, 0),
    black: z._default(nonNegative, 0),
    /** Above 0 the terms on pictures are taken before the gate, which then learns from this term alone. */
    gate: nonNegative,
    /** How much a pair that needs no change counts in the terms on pictures. */
    untouched: z._default(chance, 1),
  }),
  checkpointEverySteps: positiveInt,
  validateEverySteps: positiveInt,
  /** Stop after this many validations in a row without improvement; 0 = never. */
  patience: nonNegative,
  /** Stop after this time; 0 = never. */
  maxMinutes: nonNegative,
});

const isShare = ([low, high]: readonly number[]): boolean => low! > 0 && high! <= 1;

/** A run file: everything that decides what a training run computes. Unknown keys are errors. */
export const runFileSchema = z.strictObject({
  name: z.string().check(z.regex(/^[a-z0-9-]+$/)),
  seed: z._default(z.int().check(z.gte(0)), DEFAULT_SEED),
  /** Side of the square pictures of a pair, the network's input, in pixels. */
  size: positiveInt,
  /**
   * Pairs are made this many times as large, and averaged down: what is clipped in a file is clipped before it is averaged, so that the edges of
   * clipped parts are soft in what the network sees.
   */
  oversampling: z._default(positiveInt, 1),
  /** Side at which corrections are sliced and the loss is taken; divides `size`. */
  lossSize: positiveInt,
  /** Photographs are kept at this long side in memory. */
  photoSide: positiveInt,
  /** Photographs whose mean, encoded, is above this are bright on purpose: they count as `highkey`, not as `photo`. */
  brightFrom: z._default(chance, 1),
  /** Share of the pairs that are black-and-white, input and target alike. */
  gray: z._default(chance, 0),
  /**
   * A share of crops is the whole picture, the side of the others is a share of the short side. With `pixels.side` all others are that many pixels wide
   * and high, a share `native` of them the fewest. `soft`: with this chance a crop has only the detail of a picture of that share of
   * its size, as a photograph within a broad frame has when the network sees it.
   */
  crop: z.strictObject({
    whole: chance,
    side: range,
    pixels: z.optional(z.strictObject({ side: range, native: chance })),
    soft: z.optional(
      z.strictObject({ chance, share: range.check(z.refine(isShare, 'shares are above 0, at most 1')) }),
    ),
  }),
  pairs: z.array(pairSchema).check(z.minLength(1)),
  /**
   * What is white in the input is white in the target: `level` at least where all channels reach `to`, less from `from` on. `floor` is for
   * the loss `white`: no cell of the grid shall make white darker.
   */
  keepWhite: z.optional(z.strictObject({ from: chance, to: chance, level: chance, floor: z._default(chance, 0.85) })),
  network: networkSchema,
  /** How the gate of the exported network decides; training does not use it. See `decideFirmly`. */
  decision: z.optional(
    z.strictObject({ thresholds: z.array(z.number().check(z.gt(0), z.lt(1))), sharpness: z.number().check(z.gt(0)) }),
  ),
  training: trainingSchema,
});

export type RunFile = z.infer<typeof runFileSchema>;
export type PairRecipe = RunFile['pairs'][number];
export type TrainingOptions = RunFile['training'];

/** Parses a run file. @throws TrainerError `BAD_RUN_FILE` naming the key at fault. */
export function parseRunFile(json: unknown, origin: string): RunFile {
  const result = runFileSchema.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw new TrainerError('BAD_RUN_FILE', `${origin}: ${where === '' ? '' : `at '${where}': `}${describe(issue)}`);
  }
  checkLifts(result.data, origin);
  checkGate(result.data, origin);
  if (result.data.size % result.data.lossSize !== 0) {
    throw new TrainerError('BAD_RUN_FILE', `${origin}: 'lossSize' ${result.data.lossSize} does not divide 'size'`);
  }
  return result.data;
}

/** A restoration network learns only from lifted pairs, an autoencoder from all pairs, a grid from none that is lifted. */
function checkLifts({ network, pairs }: RunFile, origin: string): void {
  if (network.type === 'autoencoder') return;
  const needsLift = network.type === 'restoration';
  const at = pairs.findIndex(({ lift }) => (lift !== undefined) !== needsLift);
  if (at < 0) return;
  const rule = needsLift ? `needs 'lift'` : `has 'lift', from which a network of type 'grid' does not learn`;
  throw new TrainerError('BAD_RUN_FILE', `${origin}: at 'pairs.${at}': ${rule}`);
}

/** Only a gate that is there, and asked for an answer, can be trained alone. */
function checkGate({ network, training }: RunFile, origin: string): void {
  if (!training.gateAlone || (network.type === 'grid' && network.gate && training.loss.gate > 0)) return;
  throw new TrainerError(
    'BAD_RUN_FILE',
    `${origin}: 'training.gateAlone' needs a grid network with a gate, and 'loss.gate'`,
  );
}

function describe(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'unrecognized_keys') return `unknown key ${issue.keys.map((key) => `'${key}'`).join(', ')}`;
  return issue?.message ?? 'not a run file';
}

/** How many run files may be based on one another. */
const LONGEST_CHAIN = 4;

/**
 * Reads and parses a run file, with fields set as `--set` names them. A file with `"base": "other.json"` (relative to it) says
 * only what differs from the other: objects are merged, everything else replaces what is there, and so does an object of another `type`.
 */
export async function readRunFile(file: string, settings: readonly string[] = []): Promise<RunFile> {
  const json = await readRunJson(file, LONGEST_CHAIN);
  setFields(json, settings, file);
  return parseRunFile(json, file);
}

async function readRunJson(file: string, links: number): Promise<unknown> {
  const json = await readJsonFile(file);
  if (!isObject(json) || !('base' in json)) return json;
  const { base, ...own } = json;
  if (typeof base !== 'string' || links === 0) {
    const reason = links === 0 ? 'the chain of bases has no end' : `'base' is ${JSON.stringify(base)}, expected a file`;
    throw new TrainerError('BAD_RUN_FILE', `${file}: ${reason}`);
  }
  return merged(await readRunJson(path.resolve(path.dirname(file), base), links - 1), own);
}

function merged(base: unknown, own: unknown): unknown {
  if (!isObject(base) || !isObject(own)) return own;
  if ('type' in own && own['type'] !== base['type']) return own;
  const entries = Object.entries(own).map(([key, value]) => [key, merged(base[key], value)] as const);
  return { ...base, ...Object.fromEntries(entries) };
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** Reads a JSON file that a person wrote. @throws TrainerError `BAD_RUN_FILE` */
export async function readJsonFile(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new TrainerError('BAD_RUN_FILE', `${file}: ${messageOf(cause)}`, {
      cause,
    });
  }
}
