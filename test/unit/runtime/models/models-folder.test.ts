import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultModelsFolder, listModels, readModelFolder } from '@evenlight/runtime/src/models/models-folder.ts';
import { describe, expect, it, onTestFinished } from 'vitest';

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'evenlight-models-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

describe('models folder', () => {
  it('lists the subfolders that have a contract', async () => {
    const folder = await folderWith({ 'b/contract.json': '{}', 'a/contract.json': '{}', 'src/index.ts': '' });
    expect(await listModels(folder)).toEqual(['a', 'b']);
  });

  it('lists the default model first, for clients whose user chose none', async () => {
    const folder = await folderWith({
      'b/contract.json': '{}',
      'a/contract.json': '{}',
      'exposure/contract.json': '{}',
    });
    expect(await listModels(folder)).toEqual(['exposure', 'a', 'b']);
    expect((await listModels(defaultModelsFolder()))[0]).toBe('exposure');
  });

  it('names the models that there are when asked for another one', async () => {
    const folder = await folderWith({ 'exposure/contract.json': '{}' });
    await expect(readModelFolder(folder, 'exposur')).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: `${folder}: no model "exposur"; there is: exposure`,
    });
  });

  it.each([
    ['is not JSON', '{"schema":'],
    ['is no contract', '{"schema":1}'],
  ])('refuses a contract that %s and names the file', async (_, text) => {
    const folder = await folderWith({ 'exposure/contract.json': text });
    await expect(readModelFolder(folder, 'exposure')).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining(join(folder, 'exposure', 'contract.json')) as string,
    });
  });

  it('refuses a folder that is not there', async () => {
    await expect(listModels('/no/such/folder')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  it('looks into the models workspace by default', () => {
    expect(defaultModelsFolder().replaceAll('\\', '/')).toMatch(/\/models$/);
  });
});
