import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '@evenlight/models';
import {
  checkModelFile,
  listModels,
  type ModelFile,
  type ModelFolder,
  readModelFolder,
  RuntimeError,
} from '@evenlight/runtime';

/** A model as `doctor` finds it. */
export interface ModelCheck {
  readonly name: string;
  /** Undefined if its contract cannot be read. */
  readonly folder: ModelFolder | undefined;
  /** One line for each file that differs from its contract; empty: all is well. */
  readonly problems: readonly string[];
}

/**
 * Reads every model of a folder and compares every file with its contract.
 *
 * @throws RuntimeError `MODEL_NOT_FOUND` if the folder cannot be read
 */
export async function checkModels(modelsFolder: string): Promise<readonly ModelCheck[]> {
  const names = await listModels(modelsFolder);
  return Promise.all(names.map((name) => checkModel(modelsFolder, name)));
}

async function checkModel(modelsFolder: string, name: string): Promise<ModelCheck> {
  let folder: ModelFolder;
  try {
    folder = await readModelFolder(modelsFolder, name);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return { name, folder: undefined, problems: [error.message] };
  }
  const problems: string[] = [];
  for (const file of filesOf(folder)) {
    const path = join(folder.path, file.path);
    try {
      checkModelFile(path, await readFile(path), file);
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  return { name, folder, problems };
}

function filesOf({ contract }: ModelFolder): readonly ModelFile[] {
  const { tfjs, onnx } = contract.files;
  return [tfjs.model, ...tfjs.weights, ...Object.values(onnx).filter((file) => file !== undefined)];
}
