import { describe, expect, it } from 'vitest';
import { readRecipeRecord, upgradeRecord, writeRecipeRecord } from '@evenlight/plugin/src/session/recipe-record.ts';
import { DEFAULT_RECIPE, type Recipe } from '@evenlight/plugin/src/session/settings.ts';

const recipe: Recipe = { strength: 60, evBias: 0.5, model: 'exposure', output: 'curves', restore: 'auto' };

describe('a recipe record', () => {
  it('comes back as it was written', () => {
    expect(readRecipeRecord(JSON.parse(JSON.stringify(writeRecipeRecord(recipe))))).toEqual(recipe);
  });

  it('of version 1 stays readable for ever', () => {
    const recipeOf1 = { strength: 130, evBias: -1, model: '', output: 'lookup' };
    expect(readRecipeRecord({ version: 1, ...recipeOf1 })).toEqual({ ...recipeOf1, restore: 'off' });
  });

  it('without a version is upgraded: what is missing is the default', () => {
    expect(readRecipeRecord({})).toEqual(DEFAULT_RECIPE);
    expect(readRecipeRecord(undefined)).toEqual(DEFAULT_RECIPE);
    expect(readRecipeRecord({ strength: 60 })).toEqual({ ...DEFAULT_RECIPE, strength: 60 });
  });

  it.each([{}, { version: 1 }, { version: 2 }])('%j is brought to the version that is written', (stored) => {
    expect(upgradeRecord(stored)).toMatchObject({ version: writeRecipeRecord(recipe)['version'] });
  });

  it('of a later version is refused with both versions in the message', () => {
    const read = (): unknown => readRecipeRecord({ ...writeRecipeRecord(recipe), version: 3 });
    expect(read).toThrow(expect.objectContaining({ code: 'NEWER_ACTION' }));
    expect(read).toThrow(/version 3.*up to 2/);
  });

  it.each([
    ['text'],
    [[1]],
    [{ version: 'one' }],
    [{ version: -1 }],
    [{ version: 1, strength: 60 }],
    [{ version: 2, restore: 'some' }],
  ])('that is %j is refused, not guessed', (stored) => {
    expect(() => readRecipeRecord(stored)).toThrow(expect.objectContaining({ code: 'BAD_SETTINGS' }));
  });
});
