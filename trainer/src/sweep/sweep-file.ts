import path from 'node:path';
import * as z from 'zod/mini';
import { TrainerError } from '../errors.ts';
import { readJsonFile, readRunFile, type RunFile } from '../run-file.ts';

const positiveInt = z.int().check(z.gte(1));

/**
 * What is varied: the fields of the run file that take the values together, as dotted paths (`network.depth`,
 * `pairs.0.share`). With several fields a value is either for all of them or a list with one for each.
 */
const choiceSchema = z.strictObject({
  fields: z.array(z.string()).check(z.minLength(1)),
  /** Name in tables and plots; default: the end of the first path. */
  label: z.optional(z.string()),
  values: z.array(z.json()).check(z.minLength(1)),
});

/** For random search: a number between `low` and `high`. */
const rangeSchema = z
  .strictObject({
    fields: z.array(z.string()).check(z.minLength(1)),
    label: z.optional(z.string()),
    low: z.number(),
    high: z.number(),
    scale: z._default(z.enum(['linear', 'log']), 'linear'),
    whole: z._default(z.boolean(), false),
  })
  .check(
    z.refine(({ low, high }) => low < high, 'low must be below high'),
    z.refine(({ low, scale }) => scale === 'linear' || low > 0, 'a log scale needs low above 0'),
  );

const sweepSchema = z.strictObject({
  name: z.string().check(z.regex(/^[a-z0-9-]+$/)),
  /** The run file that is varied, relative to the sweep file. */
  run: z.string(),
  search: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('grid') }),
    z.strictObject({ type: z.literal('random'), trials: positiveInt, seed: z.int().check(z.gte(0)) }),
  ]),
  axes: z.array(z.union([choiceSchema, rangeSchema])).check(z.minLength(1)),
});

export type SweepAxis = z.infer<typeof sweepSchema>['axes'][number];

/** A sweep file with the run file that it varies. */
export interface Sweep extends z.infer<typeof sweepSchema> {
  readonly base: RunFile;
  readonly file: string;
}

/** The name of an axis in tables and plots. */
export function axisLabel({ label, fields: [first = ''] }: SweepAxis): string {
  return label ?? first.split('.').at(-1)!;
}

/**
 * Reads a sweep file and the run file that it names.
 *
 * @throws TrainerError `BAD_RUN_FILE` naming the key at fault
 */
export async function readSweepFile(file: string): Promise<Sweep> {
  const json = await readJsonFile(file);
  const result = sweepSchema.safeParse(json);
  if (!result.success) throw new TrainerError('BAD_RUN_FILE', `${file}: ${describe(result.error.issues[0])}`);
  const sweep = result.data;
  const labels = sweep.axes.map(axisLabel);
  if (new Set(labels).size < labels.length) {
    throw new TrainerError(
      'BAD_RUN_FILE',
      `${file}: two axes are called the same (${labels.join(', ')}): give a 'label'`,
    );
  }
  const range = sweep.axes.find((axis) => 'low' in axis);
  if (sweep.search.type === 'grid' && range !== undefined) {
    throw new TrainerError('BAD_RUN_FILE', `${file}: '${axisLabel(range)}' is a range; a grid needs 'values'`);
  }
  return { ...sweep, file, base: await readRunFile(path.resolve(path.dirname(file), sweep.run)) };
}

function describe(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'invalid_union') {
    // Of the two forms of an axis the one that is nearer: with the fewest complaints.
    const [nearest] = [...issue.errors].sort((a, b) => a.length - b.length);
    return describe(nearest?.[0] && { ...nearest[0], path: [...issue.path, ...nearest[0].path] });
  }
  const where = issue?.path.join('.') ?? '';
  const what =
    issue?.code === 'unrecognized_keys'
      ? `unknown key ${issue.keys.map((key) => `'${key}'`).join(', ')}`
      : (issue?.message ?? 'not a sweep file');
  return where === '' ? what : `at '${where}': ${what}`;
}
