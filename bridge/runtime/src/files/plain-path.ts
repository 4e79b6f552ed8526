import { mkdtempSync, rmSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { isPlainPath, systemPath } from './path-bytes.ts';

const aliases = new Map<string, string>();
let folder: string | undefined;

/**
 * A path that libraries can open. If a file's or folder's own path is not UTF-8, this is a link to it, in a folder that this
 * process removes when it ends. Other paths stay as they are.
 */
export async function plainPath(path: string): Promise<string> {
  if (isPlainPath(path)) return path;
  const known = aliases.get(path);
  if (known !== undefined) return known;
  const ending = extname(path);
  const alias = join(aliasFolder(), `${aliases.size}${isPlainPath(ending) ? ending : ''}`);
  aliases.set(path, alias);
  await symlink(systemPath(path), alias);
  return alias;
}

function aliasFolder(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(join(tmpdir(), 'evenlight-names-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  folder = made;
  return made;
}
