import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CommandLineError } from '@evenlight/bridge/src/command-line.ts';
import { parseFixOptions } from '@evenlight/bridge/src/fix/fix-options.ts';
import { temporaryFolder } from '../../../fixtures/photo-files.ts';

const HERE = resolve('/photos');

function parse(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return parseFixOptions(args, { env, currentFolder: HERE });
}

function usageError(args: readonly string[]): CommandLineError {
  try {
    parse(args);
  } catch (error) {
    if (error instanceof CommandLineError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('parseFixOptions', () => {
  it('fills in what is not said', () => {
    expect(parse(['a.jpg', 'b'])).toEqual({
      photos: ['a.jpg', 'b'],
      baseFolder: HERE,
      strength: 1,
      evBias: 0,
      format: 'keep',
      runtime: 'auto',
      recursive: false,
      overwrite: false,
      skipExisting: false,
      refix: false,
      jobs: expect.any(Number) as number,
      keepDates: false,
      upright: false,
      kind: 'photo',
      inPlace: false,
      json: false,
    });
  });

  it('reads everything that can be said, folders from where the user is', () => {
    const said = '--out out --strength 75 --ev -1.5 --format tiff --model mine --bridge studio:8497 --runtime wasm';
    const options = parse(['a.jpg', ...said.split(' '), '--recursive', '--overwrite', '--json'], {
      EVENLIGHT_TOKEN: 't',
    });
    expect(options).toMatchObject({
      outFolder: join(HERE, 'out'),
      strength: 0.75,
      evBias: -1.5,
      format: 'tiff',
      model: 'mine',
      bridgeUrl: 'studio:8497',
      token: 't',
      runtime: 'wasm',
      recursive: true,
      overwrite: true,
      json: true,
    });
  });

  it('takes percent signs and the typographic minus', () => {
    expect(parse(['a.jpg', '--strength', '50%', '--ev', '−2'])).toMatchObject({ strength: 0.5, evBias: -2 });
  });

  it('starts from where npm was called, when npm has changed the folder', () => {
    const npm = { INIT_CWD: resolve('/home/user'), npm_lifecycle_event: 'fix' };
    expect(parse(['a.jpg', '--out', 'o'], npm)).toMatchObject({
      baseFolder: resolve('/home/user'),
      outFolder: resolve('/home/user/o'),
    });
    expect(parse(['a.jpg'], { ...npm, npm_lifecycle_event: 'start' }).baseFolder).toBe(HERE);
  });

  it('reads the token from a file, which wins over the environment', async () => {
    const file = join(await temporaryFolder(), 'token');
    await writeFile(file, 'secret\n');
    expect(parse(['a.jpg', '--token-file', file], { EVENLIGHT_TOKEN: 'other' }).token).toBe('secret');
    expect(parse(['a.jpg'], { EVENLIGHT_TOKEN: '' }).token).toBeUndefined();
  });

  it.each([
    ['no photograph', [], /missing required argument/],
    ['a strength that is no number', ['a.jpg', '--strength', 'much'], /--strength.*number from 0 to 150/],
    ['an empty strength', ['a.jpg', '--strength', ''], /--strength.*number from 0 to 150/],
    ['a strength beyond the range', ['a.jpg', '--strength', '151'], /--strength.*number from 0 to 150/],
    ['an EV beyond the range', ['a.jpg', '--ev', '-4'], /--ev.*number from -3 to 3/],
    ['an unknown format', ['a.jpg', '--format', 'gif'], /--format.*keep, jpeg, png, tiff, webp/],
    ['an unknown runtime', ['a.jpg', '--runtime', 'cuda'], /--runtime.*auto, tensorflow, wasm/],
    ['an unknown option', ['a.jpg', '--nonsense'], /unknown option '--nonsense'/],
    ['a token file that is not there', ['a.jpg', '--token-file', '/nowhere/token'], /cannot read --token-file/],
  ])('refuses %s', (_what, args, says) => {
    expect(usageError(args).message).toMatch(says);
    expect(usageError(args).exitCode).toBe(2);
  });

  it('takes a name with a leading dash for the file that it is', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, '-a.jpg'), '');
    const options = parseFixOptions(['-a.jpg', 'b.jpg'], { env: {}, currentFolder: folder });
    expect(options.photos).toEqual(['./-a.jpg', 'b.jpg']);
    expect(usageError(['-a.jpg']).message).toMatch(/unknown option '-a.jpg'/);
  });

  it('shows help, which is no mistake', () => {
    expect(usageError(['--help']).exitCode).toBe(0);
    expect(usageError(['--help']).message).toMatch(/Usage: evenlight fix .*--strength/s);
  });
});
