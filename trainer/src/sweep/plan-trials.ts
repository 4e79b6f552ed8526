import { createHash } from 'node:crypto';
import { TrainerError } from '../errors.ts';
import { Random } from '../random.ts';
import { parseRunFile, type RunFile } from '../run-file.ts';
import { setField } from '../run-file-field.ts';
import { axisLabel, type Sweep, type SweepAxis } from './sweep-file.ts';

/** One run of a sweep. */
export interface Trial {
  /** Folder of the trial; it follows from the values alone, so that a sweep with more values keeps what it has. */
  readonly name: string;
  /**
   * The value of every axis, in the order of the axes, as names, tables and plots show it: of a list for several fields the
   * first, if that tells the lists apart.
   */
  readonly values: readonly unknown[];
  readonly run: RunFile;
}

/** Random values are rounded to this, so that tables show the values that were run. */
const SIGNIFICANT_DIGITS = 3;
const MAX_NAME_LENGTH = 100;

/**
 * The trials of a sweep: every combination of a grid, or random draws (each from its own source, so that more trials do not
 * change those before; the same combination drawn twice is one trial).
 *
 * @throws TrainerError `BAD_RUN_FILE` when a field does not exist or a value does not fit it
 */
export function planTrials(sweep: Sweep): Trial[] {
  const combinations = sweep.search.type === 'grid' ? gridOf(sweep.axes) : drawsOf(sweep.axes, sweep.search);
  const trials = new Map<string, Trial>();
  for (const values of combinations) {
    const shown = values.map((value, i) => shownValue(sweep.axes[i]!, value));
    const name = trialName(sweep.axes, shown);
    trials.set(name, { name, values: shown, run: vary(sweep, values, name) });
  }
  return [...trials.values()];
}

function gridOf(axes: readonly SweepAxis[]): unknown[][] {
  let combinations: unknown[][] = [[]];
  for (const axis of axes) {
    const values = 'values' in axis ? axis.values : [];
    combinations = combinations.flatMap((combination) => values.map((value) => [...combination, value]));
  }
  return combinations;
}

function drawsOf(axes: readonly SweepAxis[], { trials, seed }: { trials: number; seed: number }): unknown[][] {
  return Array.from({ length: trials }, (_, i) => {
    const random = Random.for(seed, i);
    return axes.map((axis) => {
      if ('values' in axis) return axis.values[random.integer(axis.values.length)];
      const { low, high, scale, whole } = axis;
      const value = scale === 'log' ? random.logUniform(low, high) : random.uniform(low, high);
      return whole ? Math.round(value) : Number(value.toPrecision(SIGNIFICANT_DIGITS));
    });
  });
}

function shownValue(axis: SweepAxis, value: unknown): unknown {
  if (axis.fields.length === 1 || !('values' in axis) || !Array.isArray(value)) return value;
  const firsts = axis.values.map((each) => valueText(Array.isArray(each) ? each[0] : each));
  return new Set(firsts).size === firsts.length ? (value as unknown[])[0] : value;
}

function trialName(axes: readonly SweepAxis[], values: readonly unknown[]): string {
  const text = axes.map((axis, i) => `${axisLabel(axis)}=${valueText(values[i])}`.replaceAll(' ', '-')).join(',');
  const safe = text.replace(/[^\w.,=+-]+/g, '_');
  if (safe.length <= MAX_NAME_LENGTH && safe === text) return text;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8);
  return `${safe.slice(0, MAX_NAME_LENGTH)}-${digest}`;
}

/** A value as tables and names show it. */
export function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value).replaceAll('"', '');
}

function vary({ base, axes, file }: Sweep, values: readonly unknown[], name: string): RunFile {
  const json: unknown = structuredClone(base);
  for (const [i, { fields }] of axes.entries()) {
    const value = values[i];
    const isPerField = fields.length > 1 && Array.isArray(value);
    if (isPerField && value.length !== fields.length) {
      const got = `${JSON.stringify(value)} for ${fields.length} fields`;
      throw new TrainerError('BAD_RUN_FILE', `${file}: got ${got}; a list needs one value for each`);
    }
    for (const [j, field] of fields.entries()) {
      setField(json, field, isPerField ? (value as unknown[])[j] : value, file);
    }
  }
  return parseRunFile(json, `${file}, trial ${name}`);
}
