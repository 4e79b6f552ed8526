import { join, resolve } from 'node:path';
import type { FoundPhoto } from '@evenlight/bridge/src/fix/find-photos.ts';
import { type OutputOptions, planOutputs } from '@evenlight/bridge/src/fix/output-path.ts';
import { describe, expect, it } from 'vitest';

const OUT = resolve('/out');

function file(path: string): FoundPhoto {
  return { path: resolve(path), relativePath: path.slice(path.lastIndexOf('/') + 1) };
}

function inFolder(folder: string, relativePath: string): FoundPhoto {
  return { path: join(resolve(folder), relativePath), relativePath, folder: resolve(folder) };
}

function outputs(photos: readonly FoundPhoto[], options: OutputOptions): string[] {
  return [...planOutputs(photos, options).values()];
}

describe('planOutputs', () => {
  it.each([
    ['beside the original', { format: 'keep' }, '/in/below/a-fixed.JPG'],
    ['beside it in another format', { format: 'tiff' }, '/in/below/a-fixed.tif'],
    ['with its own ending where the format is the same', { format: 'jpeg' }, '/in/below/a-fixed.JPG'],
    ['under its own name and place in a folder', { format: 'keep', outFolder: OUT }, '/out/below/a.JPG'],
    ['in a folder and another format', { format: 'webp', outFolder: OUT }, '/out/below/a.webp'],
  ] as const)('puts the result %s', (_where, options, expected) => {
    expect(outputs([inFolder('/in', 'below/a.JPG')], options)).toEqual([resolve(expected)]);
  });

  it('keeps several folders apart, each under its own name, or where they are below the folder of both', () => {
    const photos = [inFolder('/2025/rome', 'a.jpg'), inFolder('/2025/oslo', 'x/a.jpg')];
    expect(outputs(photos, { format: 'keep', outFolder: OUT })).toEqual([
      resolve('/out/rome/a.jpg'),
      resolve('/out/oslo/x/a.jpg'),
    ]);
    const alike = [inFolder('/2024/rome', 'a.jpg'), inFolder('/2025/rome', 'a.jpg'), file('/b.jpg')];
    expect(outputs(alike, { format: 'keep', outFolder: OUT })).toEqual([
      resolve('/out/2024/rome/a.jpg'),
      resolve('/out/2025/rome/a.jpg'),
      resolve('/out/b.jpg'),
    ]);
  });

  it('keeps files of the same name apart, and leaves the others where they were', () => {
    const photos = ['/in/x/a.jpg', '/in/y/a.jpg', '/in/y/b.jpg'].map(file);
    expect(outputs(photos, { format: 'keep', outFolder: OUT })).toEqual([
      resolve('/out/x/a.jpg'),
      resolve('/out/y/a.jpg'),
      resolve('/out/b.jpg'),
    ]);
  });

  it('names both endings where a new one makes two names the same', () => {
    const photos = ['/in/a.jpg', '/in/a.png', '/in/a.tif', '/in/b.png'].map(file);
    expect(outputs(photos, { format: 'jpeg' })).toEqual(
      ['/in/a-fixed.jpg', '/in/a.png-fixed.jpg', '/in/a.tif-fixed.jpg', '/in/b-fixed.jpg'].map((path) => resolve(path)),
    );
  });

  it('leaves names alone that differ in case: the disk is asked later', () => {
    expect(outputs(['/in/a.jpg', '/in/A.JPG'].map(file), { format: 'keep', outFolder: OUT })).toEqual([
      resolve('/out/a.jpg'),
      resolve('/out/A.JPG'),
    ]);
  });

  it('shortens a name that is too long with its ending, and keeps names apart that begin alike', () => {
    const long = 'ä'.repeat(124);
    const [first = '', second] = outputs([file(`/in/${long}1.jpg`), file(`/in/${long}2.jpg`)], { format: 'keep' });
    const name = first.slice(resolve('/in/').length + 1);
    expect(name).toMatch(/^ä+~[0-9a-f]{8}-fixed\.jpg$/);
    expect(Buffer.byteLength(name)).toBeGreaterThan(252);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
    expect(second).not.toBe(first);
  });
});
