import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { compareModelNames, messageOf, noModelText, parseContract } from '@evenlight/models';
import { RuntimeError } from '../errors.ts';
import type { ModelFolder } from '../tfjs/runtime.ts';

/** Where the models are when nobody says otherwise: the `models` workspace itself. */
export function defaultModelsFolder(): string {
  return resolve(dirname(createRequire(import.meta.url).resolve('@evenlight/models')), '..');
}

/**
 * The names of all models in a folder (its subfolders that hold a `contract.json`), the default one first.
 *
 * @throws RuntimeError `MODEL_NOT_FOUND` if the folder cannot be read
 */
export async function listModels(modelsFolder: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const entry of await readFolder(modelsFolder)) {
    if (!entry.isDirectory()) continue;
    const files = await readdir(join(modelsFolder, entry.name));
    if (files.includes('contract.json')) names.push(entry.name);
  }
  return names.sort(compareModelNames);
}

/**
 * Reads and validates the contract of one model. Its other files are checked when a runtime loads them.
 *
 * @throws RuntimeError `MODEL_NOT_FOUND`, `MODEL_INVALID`
 */
export async function readModelFolder(modelsFolder: string, name: string): Promise<ModelFolder> {
  const path = resolve(modelsFolder, name);
  const contractPath = join(path, 'contract.json');
  let text: string;
  try {
    text = await readFile(contractPath, 'utf8');
  } catch (cause) {
    const known = await listModels(modelsFolder);
    throw new RuntimeError('MODEL_NOT_FOUND', `${modelsFolder}: ${noModelText(name, known)}`, { cause });
  }
  try {
    const contract = parseContract(JSON.parse(text));
    if (contract.name !== name) throw new Error(`it is the contract of "${contract.name}"`);
    return { path, contract };
  } catch (cause) {
    const reason = messageOf(cause);
    throw new RuntimeError('MODEL_INVALID', `${contractPath}: ${reason}`, { cause });
  }
}

async function readFolder(modelsFolder: string) {
  try {
    return await readdir(modelsFolder, { withFileTypes: true });
  } catch (cause) {
    throw new RuntimeError('MODEL_NOT_FOUND', `models folder ${modelsFolder} cannot be read`, { cause });
  }
}
