import * as z from 'zod/mini';
import type { JsonValue } from '../host.ts';
import { SessionError } from './errors.ts';
import { DEFAULT_RECIPE, parseRecipe, type Recipe } from './settings.ts';

/** Of the records this version writes. Raise it with an entry in {@link UPGRADES} when the form changes. */
const RECIPE_RECORD_VERSION = 2;

type Fields = Readonly<Record<string, unknown>>;

/**
 * From each older version to the next. Version 0 is a record without a version: Photoshop's own menu recording and steps
 * written by hand carry an empty or a partial one, and what is missing is as if nobody had chosen.
 */
const UPGRADES: readonly ((fields: Fields) => Fields)[] = [
  (fields) => ({ ...DEFAULT_RECIPE, ...fields, version: 1 }),
  // Nothing was cleaned then.
  (fields) => ({ restore: 'off', ...fields, version: 2 }),
];

const record = z.record(z.string(), z.unknown());
const version = z.int().check(z.minimum(0));

/** A recipe as it is stored outside the panel: in a layer's metadata, in a recorded action. */
export function writeRecipeRecord({ strength, evBias, model, output, restore }: Recipe): Record<string, JsonValue> {
  return { version: RECIPE_RECORD_VERSION, strength, evBias, model, output, restore };
}

/**
 * Brings a record of any known version to the present form.
 *
 * @throws SessionError `NEWER_ACTION` (written by a later Evenlight), `BAD_SETTINGS`
 */
export function upgradeRecord(stored: unknown): Fields {
  const fields = record.safeParse(stored ?? {});
  if (!fields.success) throw new SessionError('BAD_SETTINGS', 'recorded settings are not an object');
  const found = version.safeParse(fields.data['version'] ?? 0);
  if (!found.success) throw new SessionError('BAD_SETTINGS', 'the version of recorded settings is not a number');
  if (found.data > RECIPE_RECORD_VERSION) {
    const text = `recorded settings have version ${found.data}, this Evenlight knows up to ${RECIPE_RECORD_VERSION}`;
    throw new SessionError('NEWER_ACTION', text);
  }
  return UPGRADES.slice(found.data).reduce((older, upgrade) => upgrade(older), fields.data);
}

/**
 * Reads a stored recipe of any known version.
 *
 * @throws SessionError `NEWER_ACTION`, `BAD_SETTINGS`
 */
export function readRecipeRecord(stored: unknown): Recipe {
  return parseRecipe(upgradeRecord(stored));
}
