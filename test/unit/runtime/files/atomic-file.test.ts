import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  copyFileAtomically,
  removeTemporaryFiles,
  writeFileAtomically,
  tidyFolders,
} from '@evenlight/runtime/src/files/atomic-file.ts';
import { removeLeftovers } from '@evenlight/runtime/src/files/temporary-name.ts';
import { temporaryFolder } from '../../../fixtures/photo-files.ts';

describe('writeFileAtomically', () => {
  it('shows nothing under the name until all is written, and makes the folder', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'new', 'a.jpg');
    await writeFileAtomically(
      path,
      async (temporary) => {
        await writeFile(temporary, 'whole');
        expect(await readdir(join(folder, 'new'))).toEqual([
          expect.stringMatching(/^\.evenlight-[0-9a-f]{8}-\d+-[0-9a-f]{12}\.part$/),
        ]);
      },
      { overwrite: false },
    );
    expect(await readdir(join(folder, 'new'))).toEqual(['a.jpg']);
    expect(await readFile(path, 'utf8')).toBe('whole');
  });

  it('does not overwrite a file that appeared meanwhile', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a.jpg');
    const write = async (temporary: string): Promise<void> => {
      await writeFile(temporary, 'ours');
      await writeFile(path, 'theirs');
    };
    await expect(writeFileAtomically(path, write, { overwrite: false })).rejects.toMatchObject({
      code: 'OUTPUT_EXISTS',
    });
    expect(await readFile(path, 'utf8')).toBe('theirs');
    expect(await readdir(folder)).toEqual(['a.jpg']);
    await writeFileAtomically(path, write, { overwrite: true });
    expect(await readFile(path, 'utf8')).toBe('ours');
  });

  it('leaves nothing when writing fails, and keeps the old file', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a.jpg');
    await writeFile(path, 'old');
    const write = async (temporary: string): Promise<void> => {
      await writeFile(temporary, 'half');
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    };
    await expect(writeFileAtomically(path, write, { overwrite: true })).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      message: `cannot write ${path}: no room on the disk (ENOSPC)`,
    });
    expect(await readdir(folder)).toEqual(['a.jpg']);
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  it('leaves nothing when it is cancelled', async () => {
    const folder = await temporaryFolder();
    const controller = new AbortController();
    const write = async (temporary: string): Promise<void> => {
      await writeFile(temporary, 'whole');
      controller.abort();
    };
    const options = { overwrite: false, signal: controller.signal };
    await expect(writeFileAtomically(join(folder, 'a.jpg'), write, options)).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('removes what processes left behind that are not there any more, and nothing else', async () => {
    const folder = await temporaryFolder();
    const write = async (temporary: string): Promise<void> => {
      const own = basename(temporary);
      await writeFile(temporary, 'whole');
      // Numbers of processes end far below this one.
      await writeFile(join(folder, own.replace(/-\d+-/, '-999999999-')), 'left behind');
      await writeFile(join(folder, own.replace(/-\d+-/, `-${process.ppid}-`)), 'being written');
      await writeFile(join(folder, own.replace(/-[0-9a-f]{8}-/, '-00000000-')), 'of another computer');
    };
    await writeFileAtomically(join(folder, 'a.jpg'), write, { overwrite: false });
    const again = join(folder, '.', 'b.jpg');
    await removeLeftovers(folder, new Set());
    await writeFileAtomically(again, (temporary) => writeFile(temporary, 'x'), { overwrite: false });
    const contents = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
    expect(contents.sort()).toEqual(['being written', 'of another computer', 'whole', 'x']);
  });

  it('removes on request what a process has left that was killed later', async () => {
    const folder = await temporaryFolder();
    const write = (temporary: string): Promise<void> => writeFile(temporary, 'whole');
    await writeFileAtomically(join(folder, 'a.jpg'), write, { overwrite: false });
    await writeFileAtomically(
      join(folder, 'b.jpg'),
      async (temporary) => {
        await write(temporary);
        await writeFile(join(folder, basename(temporary).replace(/-\d+-/, '-999999999-')), 'left behind');
        await tidyFolders();
        expect(await readdir(folder)).toEqual([basename(temporary), 'a.jpg']);
      },
      { overwrite: false },
    );
    expect(await readdir(folder)).toEqual(['a.jpg', 'b.jpg']);
  });

  it('copies a read-only file with all that belongs to it', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'a.jpg'), 'x', { mode: 0o444 });
    await copyFileAtomically(join(folder, 'a.jpg'), join(folder, 'b.jpg'), { overwrite: false });
    expect((await stat(join(folder, 'b.jpg'))).mode & 0o222).toBe(0o200);
  });

  it('can be cleaned up at once, for the moment before the process is ended', async () => {
    const folder = await temporaryFolder();
    const write = async (temporary: string): Promise<void> => {
      await writeFile(temporary, 'half');
      removeTemporaryFiles();
      expect(await readdir(folder)).toEqual([]);
      throw new Error('the process has gone');
    };
    await expect(writeFileAtomically(join(folder, 'a.jpg'), write, { overwrite: false })).rejects.toThrow();
  });

  it.each([
    [
      'a file where a folder is needed',
      async (folder: string) => {
        await writeFile(join(folder, 'x'), '');
        return join(folder, 'x', 'a.jpg');
      },
      /a file stands where a folder is needed/,
    ],
    [
      'a folder where the file should go',
      async (folder: string) => {
        await mkdir(join(folder, 'a.jpg'));
        return join(folder, 'a.jpg');
      },
      /a folder stands where the file should go/,
    ],
  ])('explains %s', async (_what, prepare, says) => {
    const path = await prepare(await temporaryFolder());
    const write = (temporary: string): Promise<void> => writeFile(temporary, 'x');
    await expect(writeFileAtomically(path, write, { overwrite: true })).rejects.toThrow(says);
  });
});

describe('copyFileAtomically', () => {
  it('copies byte for byte', async () => {
    const folder = await temporaryFolder();
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 253);
    await writeFile(join(folder, 'a.jpg'), bytes);
    await copyFileAtomically(join(folder, 'a.jpg'), join(folder, 'b.jpg'), { overwrite: false });
    expect(Buffer.compare(await readFile(join(folder, 'b.jpg')), bytes)).toBe(0);
  });
});
