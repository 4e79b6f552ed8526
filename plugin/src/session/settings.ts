import { MAX_EV_BIAS, MAX_STRENGTH } from '@evenlight/models';
import { DEFAULT_BRIDGE_PORT } from '@evenlight/protocol';
import * as z from 'zod/mini';
import { SessionError } from './errors.ts';

/** Where the bridge listens on this computer unless told otherwise. */
export const DEFAULT_BRIDGE_ADDRESS = `ws://127.0.0.1:${DEFAULT_BRIDGE_PORT}`;

/** What the result becomes: a pixel layer, a Curves or Color Lookup adjustment layer, or a .cube file. */
export const OUTPUT_MODES = ['pixels', 'curves', 'lookup', 'cube'] as const;
export type OutputMode = (typeof OUTPUT_MODES)[number];

/**
 * Settings that the panel shows as lists, in this order: `front` for everybody, `advanced` for who runs a server. Their words are
 * `settings.<name>` and `settings.<name>.<choice>` in every language.
 */
export const CHOICES = {
  /** `auto`: Photoshop's own language. */
  language: { place: 'front', choices: ['auto', 'en', 'de'] },
  /**
   * Who runs the network. `automatic`: the bridge while it is connected, else the panel; a job whose bridge is lost is done again in
   * the panel. `bridge`: the bridge alone; a job waits for it to come back. `panel`: this computer alone, no connection is ever opened.
   */
  enginePolicy: { place: 'advanced', choices: ['automatic', 'bridge', 'panel'] },
} as const;
export type ChoiceName = keyof typeof CHOICES;
export type EnginePolicy = Settings['enginePolicy'];

/** Percent. 100 is the correction as predicted. */
export const MAX_STRENGTH_PERCENT = 100 * MAX_STRENGTH;
/** Percent: gentle, as predicted, and as far as batches should go unattended. */
export const STRENGTH_PRESETS = { low: 60, medium: 100, high: 130 } as const;
export type StrengthPreset = keyof typeof STRENGTH_PRESETS;

const strength = z.number().check(z.minimum(0), z.maximum(MAX_STRENGTH_PERCENT));
const evBias = z.number().check(z.minimum(-MAX_EV_BIAS), z.maximum(MAX_EV_BIAS));
/** Empty: the first model there is. */
const model = z.string().check(z.maxLength(64));
const output = z.enum(OUTPUT_MODES);

const percent = z.number().check(z.minimum(0), z.maximum(100));

/** Percent: how much noise is cleaned, of both kinds or of each. `auto`: all of it, where the noise would be seen. */
const restore = z.union([z.literal(['off', 'auto']), percent, z.object({ luminance: percent, color: percent })]);

const recipe = z.object({ strength, evBias, model, output, restore });

/** How one photograph is fixed. Recorded in actions and remembered on the layers made with it. */
export type Recipe = Readonly<z.infer<typeof recipe>>;

/** How the noise is cleaned by amount when nobody has chosen one, in percent. */
export const DEFAULT_RESTORE_PERCENT = 100;

/** How much noise of each kind a recipe cleans, in percent. */
export function restorePercents({ restore }: Pick<Recipe, 'restore'>): {
  readonly luminance: number;
  readonly color: number;
} {
  if (typeof restore === 'object') return restore;
  const both = typeof restore === 'number' ? restore : DEFAULT_RESTORE_PERCENT;
  return { luminance: both, color: both };
}

/** Whether two recipes clean noise in the same way. */
export function isSameRestore(
  { restore: one }: Pick<Recipe, 'restore'>,
  { restore: other }: Pick<Recipe, 'restore'>,
): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The default recipe. */
export const DEFAULT_RECIPE: Recipe = {
  strength: STRENGTH_PRESETS.medium,
  evBias: 0,
  model: '',
  output: 'pixels',
  restore: 'off',
};

/** For work that nobody watches: it cannot ask where to save a file, so the same table becomes a layer. */
export function withoutDialogs(recipe: Recipe): Recipe {
  return recipe.output === 'cube' ? { ...recipe, output: 'lookup' } : recipe;
}

/** A recipe under a name of the user's own. The model is not part of it: it is the computer's. */
export interface OwnPreset {
  readonly name: string;
  readonly strength: number;
  readonly evBias: number;
  readonly output: OutputMode;
  readonly restore: Recipe['restore'];
}

/** Longer lists are hard to read. */
const MAX_OWN_PRESETS = 30;
const MAX_PRESET_NAME = 40;

const ownPreset = z.object({
  name: z.string().check(z.minLength(1), z.maxLength(MAX_PRESET_NAME)),
  ...{ strength, evBias, output },
  /** Presets of versions before 0.3 have none. */
  restore: z._default(restore, DEFAULT_RECIPE.restore),
});

/** Whatever is missing or does not fit becomes its default on its own: one bad field must not lose the others. */
const settings = z.object({
  language: z.catch(z.enum(CHOICES.language.choices), 'auto'),
  enginePolicy: z.catch(z.enum(CHOICES.enginePolicy.choices), 'automatic'),
  recipe: z.catch(
    z.object({
      strength: z.catch(strength, DEFAULT_RECIPE.strength),
      evBias: z.catch(evBias, DEFAULT_RECIPE.evBias),
      model: z.catch(model, DEFAULT_RECIPE.model),
      output: z.catch(output, DEFAULT_RECIPE.output),
      restore: z.catch(restore, DEFAULT_RECIPE.restore),
    }),
    DEFAULT_RECIPE,
  ),
  /** As typed. */
  bridgeAddress: z.catch(z.string().check(z.minLength(1), z.maxLength(300)), DEFAULT_BRIDGE_ADDRESS),
  ownPresets: z.catch(z.readonly(z.array(ownPreset).check(z.maxLength(MAX_OWN_PRESETS))), []),
  /** The introduction has been read. */
  isIntroduced: z.catch(z.boolean(), false),
});

/** Everything the panel remembers, except the token. */
export type Settings = Readonly<z.infer<typeof settings>>;

export const DEFAULT_SETTINGS: Settings = settings.parse({});

/** Reads stored settings; never fails, for a panel must open. */
export function readSettings(json: unknown): Settings {
  const result = settings.safeParse(json);
  return result.success ? result.data : DEFAULT_SETTINGS;
}

/**
 * Reads the recipe of a recorded step or of a layer's metadata.
 *
 * @throws SessionError `BAD_SETTINGS`: what is applied to a photograph is never guessed
 */
export function parseRecipe(json: unknown): Recipe {
  const result = recipe.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = issue === undefined ? 'recipe' : issue.path.join('.') || 'recipe';
  throw new SessionError('BAD_SETTINGS', `${place}: ${issue?.message ?? 'does not fit'}`, { cause: result.error });
}

/** Which preset a strength is; `undefined` between them. */
export function presetOf(strengthPercent: number): StrengthPreset | undefined {
  if (strengthPercent === STRENGTH_PRESETS.low) return 'low';
  if (strengthPercent === STRENGTH_PRESETS.medium) return 'medium';
  return strengthPercent === STRENGTH_PRESETS.high ? 'high' : undefined;
}

/** The presets with one more, or with another one under its name; the oldest gives way to the one too many. */
export function withPreset(presets: readonly OwnPreset[], name: string, recipe: Recipe): readonly OwnPreset[] {
  const short = name.trim().slice(0, MAX_PRESET_NAME);
  if (short === '') return presets;
  const { model: _, ...look } = recipe;
  const others = presets.filter((preset) => preset.name !== short);
  return [...others, { name: short, ...look }].slice(-MAX_OWN_PRESETS);
}

/** The preset that the recipe is, if it is one. */
export function ownPresetOf(presets: readonly OwnPreset[], recipe: Recipe): OwnPreset | undefined {
  return presets.find(
    (preset) =>
      preset.strength === recipe.strength &&
      preset.evBias === recipe.evBias &&
      preset.output === recipe.output &&
      isSameRestore(preset, recipe),
  );
}
