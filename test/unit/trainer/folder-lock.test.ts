import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { withFolderLock } from '@evenlight/trainer/src/folder-lock.ts';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../fixtures/photo-files.ts';

describe('the lock of an output folder', () => {
  it('keeps a second run out while the first works, and lets it in afterwards', async () => {
    const folder = path.join(await temporaryFolder(), 'new');
    await withFolderLock(folder, async () => {
      const second = withFolderLock(folder, () => Promise.resolve('second'));
      await expect(second).rejects.toMatchObject({ code: 'BAD_OPTION' });
      await expect(second).rejects.toThrow(new RegExp(`process ${process.pid} on .* works there`));
    });
    expect(await withFolderLock(folder, () => Promise.resolve('third'))).toBe('third');
  });

  it('is released when the work fails', async () => {
    const folder = await temporaryFolder();
    await expect(withFolderLock(folder, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withFolderLock(folder, () => Promise.resolve(1))).toBe(1);
  });

  it('of a process that was killed does not count; one of another machine does', async () => {
    const folder = await temporaryFolder();
    const lock = path.join(folder, '.lock');
    // Process ids end well below this.
    await writeFile(lock, `${os.hostname()} 999999999\n`);
    expect(await withFolderLock(folder, () => readFile(lock, 'utf8'))).toContain(String(process.pid));
    // Killed between making the lock and writing to it.
    await writeFile(lock, '');
    expect(await withFolderLock(folder, () => readFile(lock, 'utf8'))).toContain(String(process.pid));
    await writeFile(lock, 'elsewhere 1\n');
    await expect(withFolderLock(folder, () => Promise.resolve())).rejects.toThrow(/process 1 on elsewhere/);
  });
});
