import { link, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OutputGuard } from '@evenlight/bridge/src/fix/output-guard.ts';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../fixtures/photo-files.ts';

describe('OutputGuard', () => {
  it('refuses an original, also under another name and with overwrite', async () => {
    const folder = await temporaryFolder();
    const original = join(folder, 'a.jpg');
    await writeFile(original, 'x');
    await link(original, join(folder, 'same.jpg'));
    const guard = new OutputGuard();
    await guard.addInput(original);
    for (const output of [original, join(folder, 'same.jpg')]) {
      await expect(guard.claim('b.jpg', output, true)).rejects.toMatchObject({
        code: 'OUTPUT_EXISTS',
        message: expect.stringMatching(/is an original/) as string,
      });
    }
  });

  it('refuses what is there already unless told to overwrite', async () => {
    const output = join(await temporaryFolder(), 'a.jpg');
    await writeFile(output, 'x');
    await expect(new OutputGuard().claim('b.jpg', output, false)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    await expect(new OutputGuard().claim('b.jpg', output, true)).resolves.toBeUndefined();
  });

  it('refuses a second result of the same name', async () => {
    const output = join(await temporaryFolder(), 'a.jpg');
    const guard = new OutputGuard();
    await guard.claim('x/a.jpg', output, true);
    await expect(guard.claim('y/a.jpg', output, true)).rejects.toThrow(/already the result of x\/a.jpg/);
  });

  it.each([
    ['case', 'a.jpg', 'A.JPG'],
    ['how accents are composed', '\u00e9.jpg', 'e\u0301.jpg'],
  ])('asks the disk whether names that differ in %s are two', async (_what, name, other) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, `probe-${name}`), '');
    await writeFile(join(folder, `probe-${other}`), '');
    const areTwo = (await readdir(folder)).length === 2;
    const guard = new OutputGuard();
    await guard.claim('x', join(folder, 'out', name), true);
    const second = guard.claim('y', join(folder, 'out', other), true);
    if (areTwo) await expect(second).resolves.toBeUndefined();
    else await expect(second).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    expect(await readdir(join(folder, 'out'))).toEqual([]);
  });
});
