import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders } from '@evenlight/runtime/src/files/make-folders.ts';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../fixtures/photo-files.ts';

describe('makeFolders', () => {
  it('makes a folder and those above it, also when several ask for it at once', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a', 'b', 'c');
    await Promise.all([makeFolders(path), makeFolders(path), makeFolders(join(folder, 'a', 'b'))]);
    expect((await stat(path)).isDirectory()).toBe(true);
  });

  it('leaves a folder that is there as it is, also behind a link', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'real'));
    await symlink(join(folder, 'real'), join(folder, 'link'));
    await makeFolders(join(folder, 'link', 'new'));
    expect((await stat(join(folder, 'real', 'new'))).isDirectory()).toBe(true);
  });

  it('fails where a file stands in the way', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    await expect(makeFolders(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolders(join(folder, 'file', 'below'))).rejects.toMatchObject({ code: 'EEXIST' });
  });

  it.runIf(process.platform === 'linux')('fails where none can be made, instead of trying for ever', async () => {
    await expect(makeFolders('/proc/evenlight/a')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
