import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { compareModelNames, messageOf, noModelText, parseContract, parseRestorationContract } from '@evenlight/models';
import { RuntimeError } from '../errors.ts';
import type { ModelFolder, NetworkFolder, RestorationFolder } from '../tfjs/runtime.ts';

/** The default models folder: the `models` workspace. */
export function defaultModelsFolder(): string {
  return resolve(dirname(createRequire(import.meta.url).resolve('@evenlight/models')), '..');
}

/**
 * The names of all models in a folder that correct exposure (its subfolders that hold a `contract.json`), the default one first.
 *
 * @throws RuntimeError `MODEL_NOT_FOUND` if the folder cannot be read
 */
export async function listModels(modelsFolder: string): Promise<readonly string[]> {
  const kinds = await modelKinds(modelsFolder);
  return [...kinds].filter(([, kind]) => kind !== 'restoration').map(([name]) => name);
}

/**
 * The names of all restoration models in a folder.
 *
 * @throws RuntimeError as {@link listModels}
 */
export async function listRestorations(modelsFolder: string): Promise<readonly string[]> {
  const kinds = await modelKinds(modelsFolder);
  return [...kinds].filter(([, kind]) => kind === 'restoration').map(([name]) => name);
}

/** The kind of model that a folder's `contract.json` describes; `unknown` if it cannot be read. */
type ContractKind = 'restoration' | 'other' | 'unknown';

/** The kind of model in each subfolder that has a `contract.json`. */
async function modelKinds(modelsFolder: string): Promise<ReadonlyMap<string, ContractKind>> {
  const names: string[] = [];
  for (const entry of await readFolder(modelsFolder)) {
    if (!entry.isDirectory()) continue;
    const files = await readdir(join(modelsFolder, entry.name));
    if (files.includes('contract.json')) names.push(entry.name);
  }
  const sorted = names.sort(compareModelNames);
  return new Map(await Promise.all(sorted.map(async (name) => [name, await kindOf(modelsFolder, name)] as const)));
}

async function kindOf(modelsFolder: string, name: string): Promise<ContractKind> {
  try {
    const contract: unknown = JSON.parse(await readFile(join(modelsFolder, name, 'contract.json'), 'utf8'));
    return isRecord(contract) && contract['kind'] === 'restoration' ? 'restoration' : 'other';
  } catch {
    // Reading the model later reports what is wrong with it.
    return 'unknown';
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/**
 * Reads and validates the contract of one model that corrects exposure. Its other files are checked when a runtime loads them.
 *
 * @throws RuntimeError `MODEL_NOT_FOUND`, `MODEL_INVALID`
 */
export function readModelFolder(modelsFolder: string, name: string): Promise<ModelFolder> {
  return readFolderAs(modelsFolder, name, { parse: parseContract, list: listModels });
}

/**
 * Reads and validates the contract of one restoration model. Its other files are checked when a runtime loads them.
 *
 * @throws RuntimeError `MODEL_NOT_FOUND`, `MODEL_INVALID`
 */
export function readRestorationFolder(modelsFolder: string, name: string): Promise<RestorationFolder> {
  return readFolderAs(modelsFolder, name, { parse: parseRestorationContract, list: listRestorations });
}

interface FolderKind<Contract> {
  readonly parse: (json: unknown) => Contract;
  readonly list: (modelsFolder: string) => Promise<readonly string[]>;
}

async function readFolderAs<Contract extends NetworkFolder['contract']>(
  modelsFolder: string,
  name: string,
  { parse, list }: FolderKind<Contract>,
): Promise<{ readonly path: string; readonly contract: Contract }> {
  const path = resolve(modelsFolder, name);
  const contractPath = join(path, 'contract.json');
  let text: string;
  try {
    text = await readFile(contractPath, 'utf8');
  } catch (cause) {
    const known = await list(modelsFolder);
    throw new RuntimeError('MODEL_NOT_FOUND', `${modelsFolder}: ${noModelText(name, known)}`, { cause });
  }
  try {
    const contract = parse(JSON.parse(text));
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
