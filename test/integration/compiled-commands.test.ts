import { cp, mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/photo-files.ts';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

/** The sources that the commands are compiled from, with the packages of this checkout and a cache of their own. */
async function checkout(): Promise<string> {
  const folder = await temporaryFolder();
  for (const part of ['models/src', 'models/kernel', 'models/package.json', 'bridge']) {
    await mkdir(join(folder, part, '..'), { recursive: true });
    await cp(join(ROOT, part), join(folder, part), {
      recursive: true,
      filter: (path) => !path.includes('node_modules'),
    });
  }
  await mkdir(join(folder, 'node_modules', '@evenlight'), { recursive: true });
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    if (name.startsWith('.') || name === '@evenlight') continue;
    await symlink(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  }
  for (const [name, part] of Object.entries({
    ...{ models: 'models', bridge: 'bridge', client: 'bridge/client' },
    ...{ protocol: 'bridge/protocol', runtime: 'bridge/runtime' },
  })) {
    await symlink(join(folder, part), join(folder, 'node_modules', '@evenlight', name));
  }
  return folder;
}

const version = async (folder: string): Promise<string> => {
  const { stdout } = await run(process.execPath, [join(folder, 'bridge/bin/evenlight.mjs'), '--version']);
  return stdout.trim();
};
const cacheOf = (folder: string): string => join(folder, 'node_modules', '.cache', 'evenlight');

describe('the compiled commands', () => {
  it('are compiled once, and again when a source has changed', async () => {
    const folder = await checkout();
    expect(await version(folder)).toMatch(/^\d+\.\d+\.\d+/);
    const [first, ...others] = await readdir(cacheOf(folder));
    expect(others).toEqual([]);
    await version(folder);
    expect(await readdir(cacheOf(folder))).toEqual([first]);

    const source = join(folder, 'bridge/src/software-version.ts');
    await writeFile(source, "export const SOFTWARE_VERSION = '9.9.9';\n");
    await utimes(source, new Date(), new Date(Date.now() + 5000));
    // Young, however long the commands have taken: an old one is removed.
    const later = new Date(Date.now() + 3_600_000);
    await utimes(join(cacheOf(folder), first!), later, later);
    expect(await version(folder)).toBe('9.9.9');
    expect(await readdir(cacheOf(folder))).toContain(first);
  });

  it('start, each of them, from what was compiled', async () => {
    const folder = await checkout();
    const cli = join(folder, 'bridge/bin/evenlight.mjs');
    const { stdout } = await run(process.execPath, [cli, '--help']);
    const commands = [...stdout.matchAll(/^ {2}evenlight (\w+)/gm)].map(([, name]) => name ?? '');
    expect(commands).toContain('token');
    for (const command of commands) {
      const help = await run(process.execPath, [cli, command, '--help']);
      expect(help.stdout).toContain(`Usage: evenlight ${command}`);
    }
    const [compiled = ''] = await readdir(cacheOf(folder));
    const files = await readdir(join(cacheOf(folder), compiled, 'bridge/src/cli'));
    expect(files).toEqual(expect.arrayContaining(commands.map((command) => `${command}.js`)));
  });

  it('are whole when several start at once on a fresh checkout', async () => {
    const folder = await checkout();
    const versions = await Promise.all([version(folder), version(folder), version(folder)]);
    expect(new Set(versions).size).toBe(1);
    expect((await readdir(cacheOf(folder))).filter((name) => name.includes('.'))).toEqual([]);
  });

  it('run from their sources where nothing can be written', async () => {
    const folder = await checkout();
    // A file where the cache's folder should be: also root cannot write into it.
    await rm(cacheOf(folder), { recursive: true, force: true });
    await writeFile(join(folder, 'node_modules', '.cache'), '');
    const json = JSON.parse(await readFile(join(folder, 'bridge/package.json'), 'utf8')) as { version: string };
    expect(await version(folder)).toBe(json.version);
  });
});
