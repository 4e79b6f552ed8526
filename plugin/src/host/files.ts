import { HostError } from '../errors.ts';
import type { FileToSave } from '../host.ts';
import type { FileApi, UxpApi } from './uxp-api.ts';

type Storage = UxpApi['storage'];

/** Asks where to and writes: {@link Host.saveFile}. */
export async function saveFile(
  { localFileSystem, formats }: Storage,
  { suggestedName, extension, contents }: FileToSave,
): Promise<string | undefined> {
  try {
    const file = await localFileSystem.getFileForSaving(suggestedName, { types: [extension] });
    if (file === null) return undefined;
    if (typeof contents === 'string') await file.write(contents, { format: formats.utf8 });
    else await file.write(exactBuffer(contents), { format: formats.binary });
    return file.name;
  } catch (error) {
    throw new HostError('STORAGE_FAILED', `"${suggestedName}" could not be written`, { cause: error });
  }
}

/** A file of the installed plugin: {@link Host.readPluginFile}. */
export async function readPluginFile(storage: Storage, path: string): Promise<Uint8Array> {
  const file = await pluginFile(storage, path);
  const contents = await file.read({ format: storage.formats.binary }).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (typeof contents === 'string') throw new HostError('STORAGE_FAILED', `"${path}" was read as text`);
  return new Uint8Array(contents);
}

/** @throws HostError `STORAGE_FAILED` if the plugin has no such file */
export async function pluginFile({ localFileSystem }: Storage, path: string): Promise<FileApi> {
  const folder = await localFileSystem.getPluginFolder();
  const entry = await folder.getEntry(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (!isFile(entry)) throw new HostError('STORAGE_FAILED', `"${path}" is no file`);
  return entry;
}

function unreadable(path: string, cause: unknown): HostError {
  return new HostError('STORAGE_FAILED', `the plugin's file "${path}" could not be read`, { cause });
}

function isFile(entry: unknown): entry is FileApi {
  return typeof entry === 'object' && entry !== null && 'read' in entry;
}

/** UXP writes the whole buffer, not the view. */
export function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}
