import { TrainerError } from './errors.ts';

/**
 * Sets a field of a run file before it is parsed.
 *
 * @param field a dotted path, as in `training.steps` or `pairs.0.share`
 * @throws TrainerError `BAD_RUN_FILE` when what it lies in does not exist
 */
export function setField(json: unknown, field: string, value: unknown, origin: string): void {
  const keys = field.split('.');
  const last = keys.pop()!;
  let place = json;
  for (const key of keys) place = isContainer(place) ? place[key] : undefined;
  // A field that is merely missing in the run file is for its schema to judge.
  if (!isContainer(place) || (Array.isArray(place) && !(last in place))) {
    throw new TrainerError('BAD_RUN_FILE', `${origin}: the run file has no field '${field}'`);
  }
  place[last] = value;
}

/**
 * Sets fields as a command line names them: `training.steps=200`. A value is JSON, or else text.
 *
 * @throws TrainerError `BAD_OPTION` for text without `=`, `BAD_RUN_FILE` for a field that does not exist
 */
export function setFields(json: unknown, settings: readonly string[], origin: string): void {
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at < 1)
      throw new TrainerError('BAD_OPTION', `--set ${setting}: expected field=value, as in training.steps=200`);
    setField(json, setting.slice(0, at), valueOf(setting.slice(at + 1)), origin);
  }
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
