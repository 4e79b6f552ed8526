import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { applyEdits } from '@evenlight/bridge/src/install/file-edit.ts';
import { installPlace } from '@evenlight/bridge/src/install/install-place.ts';
import { PHOTO_PROGRAMS } from '@evenlight/bridge/src/install/photo-programs.ts';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../fixtures/photo-files.ts';

const COMMAND = ['/usr/bin/node', "/opt/it's here/evenlight.mjs", 'edit'];
const FOREIGN = {
  'darktable/luarc': '-- mine\nrequire "official/delete_long_tags"',
  'RawTherapee/options':
    '[General]\nTheme=x\n\n[External Editor]\nEditorKind=2\nGimpDir=\nCustomEditor=\n\n[Output]\nFormat=jpg\n',
};

async function filesIn(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(files.sort().map(async (path) => [path, await readFile(path, 'utf8')] as const));
  return Object.fromEntries(texts);
}

async function home(withFiles: boolean): Promise<{ folder: string; run: Run }> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(withFiles ? FOREIGN : {})) {
    await mkdir(join(folder, '.config', name, '..'), { recursive: true });
    await writeFile(join(folder, '.config', name), text);
  }
  const place = installPlace({}, folder, COMMAND);
  const run: Run = async (direction, isDryRun = false) => {
    const changes: Awaited<ReturnType<Run>>[number][] = [];
    // One after the other: what is refused ends before the folder is removed.
    for (const program of PHOTO_PROGRAMS)
      changes.push(...(await applyEdits(program.edits(place), direction, { isDryRun })));
    return changes;
  };
  return { folder, run };
}
type Run = (direction: 'installed' | 'removed', isDryRun?: boolean) => ReturnType<typeof applyEdits>;

describe("other programs' settings", () => {
  it.each([false, true])('are changed once, and come back as they were (settings there before: %s)', async (before) => {
    const { folder, run } = await home(before);
    const original = await filesIn(folder);
    expect((await run('installed')).map(({ what }) => what)).toEqual(Array(4).fill('written'));
    const installed = await filesIn(folder);
    expect(Object.keys(installed)).toHaveLength(4);
    expect((await run('installed')).map(({ what }) => what)).toEqual(Array(4).fill('unchanged'));
    expect(await filesIn(folder)).toEqual(installed);

    await run('removed');

    const after = await filesIn(folder);
    expect(after[join(folder, '.config/darktable/luarc')]?.trim()).toBe(
      original[join(folder, '.config/darktable/luarc')],
    );
    const options = join(folder, '.config/RawTherapee/options');
    expect(after[options]?.split('\n').sort().filter(Boolean)).toEqual(
      before
        ? original[options]?.split('\n').sort().filter(Boolean)
        : ['CustomEditor=', 'EditorKind=1', '[External Editor]'],
    );
    expect(Object.keys(after)).toHaveLength(before ? 2 : 1);
    expect((await run('removed')).map(({ what }) => what)).toEqual(Array(4).fill('unchanged'));
  });

  it('stay as they are in a dry run, which names the files', async () => {
    const { folder, run } = await home(true);
    const original = await filesIn(folder);
    expect((await run('installed', true)).map(({ what }) => what)).toEqual(Array(4).fill('written'));
    expect(await filesIn(folder)).toEqual(original);
  });

  it('start the command under any path', async () => {
    const { folder, run } = await home(false);
    await run('installed');
    const files = await filesIn(folder);
    const quoted = String.raw`/usr/bin/node '/opt/it'\''s here/evenlight.mjs' edit`;
    expect(files[join(folder, '.config/darktable/lua/evenlight.lua')]).toContain(`[==[${quoted}]==]`);
    expect(files[join(folder, '.config/RawTherapee/options')]).toContain(`CustomEditor=${quoted}\n`);
    expect(files[join(folder, '.local/share/applications/evenlight.desktop')]).toContain(
      `Exec=/usr/bin/node "/opt/it's here/evenlight.mjs" edit %F\n`,
    );
  });

  it("keep an editor of the user's own, and a script that only has the name", async () => {
    const { folder, run } = await home(true);
    const options = join(folder, '.config/RawTherapee/options');
    await writeFile(options, '[External Editor]\nEditorKind=3\nCustomEditor=krita\n');
    await expect(run('installed')).rejects.toThrow(/krita/);
    const script = join(folder, '.config/darktable/lua/evenlight.lua');
    await mkdir(join(script, '..'), { recursive: true });
    await writeFile(script, '-- mine');
    await run('removed');
    expect(await readFile(script, 'utf8')).toBe('-- mine');
    expect(await readFile(options, 'utf8')).toContain('krita');
  });
});
