import { describe, expect, it } from 'vitest';
import { SessionError } from '@evenlight/plugin/src/session/errors.ts';
import {
  DEFAULT_RECIPE,
  DEFAULT_SETTINGS,
  parseRecipe,
  presetOf,
  ownPresetOf,
  readSettings,
  withPreset,
} from '@evenlight/plugin/src/session/settings.ts';

describe('stored settings', () => {
  it('are the defaults when there are none or they are nonsense', () => {
    for (const stored of [undefined, null, 7, 'text', [], {}]) expect(readSettings(stored)).toEqual(DEFAULT_SETTINGS);
  });

  it('keep their good fields beside a bad one', () => {
    const stored = {
      ...DEFAULT_SETTINGS,
      enginePolicy: 'bridge',
      recipe: { strength: 900, evBias: -1, model: 'x', output: 'curves' },
    };
    expect(readSettings(stored)).toEqual({
      ...DEFAULT_SETTINGS,
      enginePolicy: 'bridge',
      recipe: { ...DEFAULT_RECIPE, evBias: -1, model: 'x', output: 'curves' },
    });
  });

  it('name this computer as the bridge until somebody types an address', () => {
    expect(DEFAULT_SETTINGS.bridgeAddress).toBe('ws://127.0.0.1:8497');
    expect(readSettings({ bridgeAddress: '' }).bridgeAddress).toBe('ws://127.0.0.1:8497');
  });
});

describe('an address', () => {
  it.each([1, 300])('of %i letters is kept as it was typed', (length) => {
    const bridgeAddress = 'a'.repeat(length);
    expect(readSettings({ bridgeAddress }).bridgeAddress).toBe(bridgeAddress);
  });

  it('of more than 300 letters is none', () => {
    expect(readSettings({ bridgeAddress: 'a'.repeat(301) }).bridgeAddress).toBe(DEFAULT_SETTINGS.bridgeAddress);
  });
});

describe('a recipe', () => {
  it.each([
    { strength: 150, evBias: 3, model: '', output: 'lookup', restore: 40 },
    { strength: 0, evBias: -3, model: 'm'.repeat(64), output: 'cube', restore: 0 },
    { strength: 100, evBias: 0, model: 'exposure', output: 'pixels', restore: { luminance: 100, color: 0 } },
  ])('is read when every field is in its range: %j', (recipe) => {
    expect(parseRecipe(recipe)).toEqual(recipe);
  });

  it.each([
    [{ strength: 151 }, 'strength'],
    [{ strength: -1 }, 'strength'],
    [{ evBias: 3.1 }, 'evBias'],
    [{ model: 'm'.repeat(65) }, 'model'],
    [{ restore: -1 }, 'restore'],
    [{ strength: Number.NaN }, 'strength'],
    [{ evBias: -3.1 }, 'evBias'],
    [{ output: 'jpeg' }, 'output'],
    [{ model: 5 }, 'model'],
    [{ restore: 101 }, 'restore'],
    [{ restore: 'some' }, 'restore'],
  ])('is refused with %j, and the message names the field', (change, field) => {
    const read = (): unknown => parseRecipe({ ...DEFAULT_RECIPE, ...change });
    expect(read).toThrow(SessionError);
    expect(read).toThrow(new RegExp(`^${field}:`));
  });

  it('has the presets low, medium and high', () => {
    expect([60, 100, 130, 99].map(presetOf)).toEqual(['low', 'medium', 'high', undefined]);
  });
});

describe('own presets', () => {
  const recipe = { ...DEFAULT_RECIPE, strength: 80, evBias: 0.3, output: 'curves' as const };

  it('are kept under their trimmed names, and found again by what they are', () => {
    const presets = withPreset([], '  Wedding ', recipe);
    expect(presets).toEqual([{ name: 'Wedding', strength: 80, evBias: 0.3, output: 'curves', restore: 'off' }]);
    expect(ownPresetOf(presets, recipe)?.name).toBe('Wedding');
    expect(ownPresetOf(presets, { ...recipe, strength: 81 })).toBeUndefined();
    expect(ownPresetOf(presets, { ...recipe, restore: 'auto' })).toBeUndefined();
  });

  it('of the same name take its place; without a name there is none', () => {
    const first = withPreset([], 'Wedding', recipe);
    expect(withPreset(first, 'Wedding', { ...recipe, strength: 60 })).toMatchObject([{ strength: 60 }]);
    expect(withPreset(first, '   ', recipe)).toBe(first);
  });

  it('are what the stored settings take: thirty, with names of forty letters', () => {
    let presets = withPreset([], 'the oldest', recipe);
    for (let i = 0; i < 30; i++) presets = withPreset(presets, `${i} ${'x'.repeat(60)}`, recipe);
    expect(presets.map(({ name }) => name.length)).toEqual(Array(30).fill(40));
    expect(presets[0]!.name).toMatch(/^0 x/);
    expect(readSettings({ ...DEFAULT_SETTINGS, ownPresets: presets }).ownPresets).toEqual(presets);
  });
});
