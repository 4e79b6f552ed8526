import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPhotos, type FindOptions } from '@evenlight/bridge/src/fix/find-photos.ts';
import { temporaryFolder } from '../../../fixtures/photo-files.ts';

async function folderWith(...names: string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), 'x');
  }
  return folder;
}

async function found(folder: string, args: readonly string[], options: Partial<FindOptions> = {}) {
  const all = await findPhotos(args, { baseFolder: folder, recursive: false, ...options });
  return all.flatMap(({ photos }) => photos.map(({ path }) => path.slice(folder.length + 1)));
}

describe('findPhotos', () => {
  it('takes files as they are, whatever their ending', async () => {
    const folder = await folderWith('a.jpg', 'notes.txt');
    expect(await found(folder, ['a.jpg', 'notes.txt'])).toEqual(['a.jpg', 'notes.txt']);
  });

  it('finds photographs in a folder, not in hidden files and not below', async () => {
    const folder = await folderWith('in/b.PNG', 'in/a.jpeg', 'in/c.txt', 'in/.hidden.jpg', 'in/below/d.webp');
    expect(await found(folder, ['in'])).toEqual(['in/a.jpeg', 'in/b.PNG']);
    expect(await found(folder, ['in'], { recursive: true })).toEqual(['in/a.jpeg', 'in/b.PNG', 'in/below/d.webp']);
  });

  it("remembers each one's place below the folder", async () => {
    const folder = await folderWith('in/below/d.tif');
    const [first] = await findPhotos(['in'], { baseFolder: folder, recursive: true });
    expect(first?.photos[0]?.relativePath).toBe(join('below', 'd.tif'));
  });

  it('passes over results beside their originals, but not over photographs that are only called so', async () => {
    const folder = await folderWith('in/a.jpg', 'in/a-fixed.jpg', 'in/b-fixed.jpg');
    expect(await found(folder, ['in'])).toEqual(['in/a.jpg', 'in/b-fixed.jpg']);
    expect(await found(folder, ['in/a-fixed.jpg'])).toEqual(['in/a-fixed.jpg']);
  });

  it('does not look into the folder for results', async () => {
    const folder = await folderWith('in/a.jpg', 'in/out/a.jpg');
    const outFolder = join(folder, 'in/out');
    expect(await found(folder, ['in'], { recursive: true, outFolder })).toEqual(['in/a.jpg']);
    expect(await found(folder, ['in/**/*.jpg'], { outFolder })).toEqual(['in/a.jpg']);
  });

  it('reads patterns, unless a file has that very name', async () => {
    const folder = await folderWith('a.jpg', 'b.jpg', 'c.png', 'd.txt', 'photo[1].jpg', 'photo1.jpg', 'x/e.jpg');
    expect(await found(folder, ['*.jpg'])).toEqual(['a.jpg', 'b.jpg', 'photo1.jpg', 'photo[1].jpg']);
    expect(await found(folder, ['{c,d}.*'])).toEqual(['c.png']);
    expect(await found(folder, ['**/e.*'])).toEqual(['x/e.jpg']);
    expect(await found(folder, ['photo[1].jpg'])).toEqual(['photo[1].jpg']);
  });

  it('finds a photograph once, by whatever names it is called', async () => {
    const folder = await folderWith('in/a.jpg');
    await symlink(join(folder, 'in'), join(folder, 'link'));
    expect(await found(folder, ['in', 'in/a.jpg', './in/../in/a.jpg', '*/a.jpg', 'link'])).toEqual(['in/a.jpg']);
  });

  it('reports what is not there', async () => {
    const folder = await folderWith('empty/notes.txt');
    const all = await findPhotos(['gone.jpg', 'empty', '*.tif'], { baseFolder: folder, recursive: false });
    expect(all.map(({ error }) => error?.code)).toEqual(['FILE_NOT_FOUND', 'FILE_NOT_FOUND', 'FILE_NOT_FOUND']);
    expect(all.map(({ error }) => error?.message)).toEqual([
      'gone.jpg: no such file or folder',
      'empty holds no photographs',
      '*.tif matches no photographs',
    ]);
  });
});
