import { link, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { outputPath, OutputGuard } from '@evenlight/bridge/src/fix/output-path.ts';
import { temporaryFolder } from '../../../fixtures/photo-files.ts';

const photo = { path: resolve('/in/below/a.JPG'), relativePath: join('below', 'a.JPG') };

describe('outputPath', () => {
  it.each([
    ['beside the original', { format: 'keep' }, '/in/below/a-fixed.JPG'],
    ['beside it in another format', { format: 'tiff' }, '/in/below/a-fixed.tif'],
    ['with its own ending where the format is the same', { format: 'jpeg' }, '/in/below/a-fixed.JPG'],
    ['under its own name and place in a folder', { format: 'keep', outFolder: resolve('/out') }, '/out/below/a.JPG'],
    ['in a folder and another format', { format: 'webp', outFolder: resolve('/out') }, '/out/below/a.webp'],
  ] as const)('puts the result %s', (_where, options, expected) => {
    expect(outputPath(photo, options)).toBe(resolve(expected));
  });
});

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

  it('refuses a second result of the same name, whatever its case', async () => {
    const folder = await temporaryFolder();
    const guard = new OutputGuard();
    await guard.claim('x/a.jpg', join(folder, 'a.jpg'), true);
    await expect(guard.claim('y/A.jpg', join(folder, 'A.jpg'), true)).rejects.toThrow(/already the result of x\/a.jpg/);
  });
});
