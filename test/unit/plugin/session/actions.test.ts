import { describe, expect, it } from 'vitest';
import { ACTION_METHOD, readActionInfo, recordAction, writeActionInfo } from '@evenlight/plugin/src/session/actions.ts';
import { writeRecipeRecord } from '@evenlight/plugin/src/session/recipe-record.ts';
import { DEFAULT_RECIPE, type Recipe } from '@evenlight/plugin/src/session/settings.ts';
import { MemoryHost } from '../../../fakes/plugin/memory-host.ts';

const recipe: Recipe = { strength: 60, evBias: 0.5, model: 'exposure', output: 'curves', restore: 40 };

describe("an action's step", () => {
  it('comes back as it was written, with its target', () => {
    const step = { target: 'all', recipe } as const;
    expect(readActionInfo(JSON.parse(JSON.stringify(writeActionInfo(step))))).toEqual(step);
  });

  it('has keys of its own: Photoshop shows those that it knows as if they were its own', () => {
    const info = writeActionInfo({ target: 'all', recipe });
    expect(Object.keys(info).every((key) => key.startsWith('com.evenlight.'))).toBe(true);
  });

  it('of version 0.1.0, whose keys had no prefix, still plays', () => {
    expect(readActionInfo({ ...writeRecipeRecord(recipe), target: 'all' })).toEqual({ target: 'all', recipe });
  });

  it('fixes the active document unless it says otherwise', () => {
    for (const info of [{}, null, undefined])
      expect(readActionInfo(info)).toEqual({ target: 'active', recipe: DEFAULT_RECIPE });
  });

  it('with an unknown target is refused', () => {
    expect(() => readActionInfo({ ...writeRecipeRecord(recipe), target: 'folder' })).toThrow(/^target/);
  });

  it.each(['text', 7, ['a list']])('that is no object (%j) is refused', (info) => {
    expect(() => readActionInfo(info)).toThrow(expect.objectContaining({ code: 'BAD_SETTINGS' }));
  });

  it('is played by the function whose name is in the actions of users', () => {
    expect(ACTION_METHOD).toBe('evenlightFixExposure');
  });

  it('is added to the action that is being recorded, and to none otherwise', async () => {
    const host = new MemoryHost();
    const step = { target: 'active', recipe } as const;
    expect(await recordAction(host, 'Fix exposure', step)).toBe(false);
    host.isRecording = true;
    expect(await recordAction(host, 'Fix exposure', step)).toBe(true);
    expect(host.recorded).toEqual([{ name: 'Fix exposure', methodName: ACTION_METHOD, info: writeActionInfo(step) }]);
  });
});
