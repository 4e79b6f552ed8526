import * as z from 'zod/mini';
import type { Host, JsonValue } from '../host.ts';
import { SessionError } from './errors.ts';
import { upgradeRecord, writeRecipeRecord } from './recipe-record.ts';
import { parseRecipe, type Recipe } from './settings.ts';

/**
 * The global function that Photoshop calls to play a recorded step. Photoshop stores this name in the user's actions:
 * it can never change.
 */
export const ACTION_METHOD = 'evenlightFixExposure';

/** Which documents a recorded step fixes. */
export type ActionTarget = 'active' | 'all';

/** What a recorded step does. The engine is not part of it: an action moves between computers. */
export interface ActionStep {
  readonly target: ActionTarget;
  readonly recipe: Recipe;
}

/** Before each key: Photoshop shows keys that it knows itself as if they were its own. Steps of version 0.1.0 have none. */
const PREFIX = 'com.evenlight.';

const target = z._default(z.enum(['active', 'all']), 'active');

/** What Photoshop stores of a step. */
export function writeActionInfo({ target: documents, recipe }: ActionStep): { readonly [key: string]: JsonValue } {
  const fields = { ...writeRecipeRecord(recipe), target: documents };
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [PREFIX + key, value]));
}

/**
 * Reads what Photoshop has stored of a step, of this version's form or an older one's.
 *
 * @throws SessionError `NEWER_ACTION`, `BAD_SETTINGS`
 */
export function readActionInfo(info: unknown): ActionStep {
  const fields = upgradeRecord(withoutPrefix(info));
  const parsed = target.safeParse(fields['target']);
  if (!parsed.success) throw new SessionError('BAD_SETTINGS', 'target: needs "active" or "all"');
  return { target: parsed.data, recipe: parseRecipe(fields) };
}

function withoutPrefix(info: unknown): unknown {
  if (typeof info !== 'object' || info === null || Array.isArray(info)) return info;
  const entries = Object.entries(info).map(([key, value]: [string, unknown]) => [key.replace(PREFIX, ''), value]);
  return Object.fromEntries(entries);
}

/** Adds what has just been done to the action that is being recorded; nothing happens if none is. */
export function recordAction(host: Host, name: string, step: ActionStep): Promise<boolean> {
  return host.recordStep({ name, methodName: ACTION_METHOD }, writeActionInfo(step));
}
