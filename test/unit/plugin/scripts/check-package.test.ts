import { readFileSync } from 'node:fs';
import { readCcx, writeCcx } from '@evenlight/plugin/scripts/ccx.ts';
import { checkPackage, packageProblems } from '@evenlight/plugin/scripts/check-package.ts';
import { marketplaceChecklist } from '@evenlight/plugin/scripts/marketplace-checklist.ts';
import { drawIcons } from '@evenlight/plugin/scripts/draw-icons.ts';
import { describe, expect, it } from 'vitest';

const MANIFEST = readFileSync(new URL('../../../../manifest.json', import.meta.url), 'utf8');

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A package with the product's own manifest and icons. */
function goodFiles(changes: Readonly<Record<string, string | undefined>> = {}): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>([
    ['manifest.json', bytes(MANIFEST)],
    ['index.html', bytes('<link rel="stylesheet" href="styles.css"><script src="main.js"></script>')],
    ['styles.css', bytes('')],
    ['LICENSE', bytes('')],
    ['LICENSE-zod.txt', bytes('')],
    ...['en', 'de'].flatMap((language) =>
      ['help', 'privacy', 'support'].map(
        (name) => [`pages/${name}.${language}.html`, bytes(`<html lang="${language}">`)] as const,
      ),
    ),
    ['main.js', bytes('const { app } = require("photoshop"); require(name);')],
    ...drawIcons(),
  ]);
  for (const [name, text] of Object.entries(changes)) {
    if (text === undefined) files.delete(name);
    else files.set(name, bytes(text));
  }
  return files;
}

describe("the product's manifest", () => {
  it('is a good one', () => {
    expect(packageProblems(goodFiles())).toEqual([]);
  });

  it('asks for nothing that is not needed', () => {
    const { requiredPermissions } = JSON.parse(MANIFEST) as { requiredPermissions: object };
    expect(Object.keys(requiredPermissions).sort()).toEqual(['launchProcess', 'localFileSystem', 'network', 'webview']);
  });
});

describe("what Adobe's Marketplace asks for", () => {
  const states = (changes: Record<string, string> = {}): Record<string, string> =>
    Object.fromEntries(marketplaceChecklist(goodFiles(changes)).map(({ what, state }) => [what, state]));

  it('names what is to be done before a submission', () => {
    expect(states()).toMatchObject({
      'id from the developer portal': 'missing',
      'public privacy address': 'missing',
      'public support address': 'missing',
      "no trademark of Adobe's in the name": 'ok',
      'no words of developers in front of users': 'ok',
      'permission to open exactly the pages there are': 'ok',
    });
  });

  it('says in words what to do about what is missing', () => {
    const notes = marketplaceChecklist(goodFiles()).filter(({ state }) => state === 'missing');
    const noteOf = (what: string): string | undefined => notes.find((item) => item.what === what)?.note;
    expect(noteOf('id from the developer portal')).toContain('take the eight digits that the portal gives');
    expect(noteOf('public support address')).toContain('enter it as "support" under "links" in plugin/package.json');
  });

  it("sees the portal's id, a trademark, and a permission that nothing needs", () => {
    const manifest = JSON.parse(MANIFEST) as Record<string, object>;
    const permissions = { ...manifest['requiredPermissions'], launchProcess: { schemes: ['https'], extensions: [] } };
    const changed = { ...manifest, id: 'a1b2c3d4', name: 'Photoshop Fixer', requiredPermissions: permissions };
    const text = JSON.stringify(changed);
    expect(packageProblems(goodFiles({ 'manifest.json': text }))).toEqual([]);
    expect(states({ 'manifest.json': text })).toMatchObject({
      'id from the developer portal': 'ok',
      "no trademark of Adobe's in the name": 'missing',
      'permission to open exactly the pages there are': 'missing',
    });
  });

  it.each([
    ['that is missing', undefined, 'there is no pages/privacy.de.html'],
    ['in another language', '<html lang="en">', 'pages/privacy.de.html is not in the language "de"'],
  ])('refuses a page %s', (_, page, problem) => {
    expect(packageProblems(goodFiles({ 'pages/privacy.de.html': page }))).toEqual([problem]);
  });

  it.each([
    ['a recorded menu command, which nothing waits for', 'enableMenuRecording', true],
    ['an unknown key', 'enableMenuRecordings', false],
  ])('refuses %s', (_, key, value) => {
    const manifest = JSON.parse(MANIFEST) as { host: { data: object } };
    const data = { ...manifest.host.data, [key]: value };
    const text = JSON.stringify({ ...manifest, host: { ...manifest.host, data } });
    expect(packageProblems(goodFiles({ 'manifest.json': text })).length).toBeGreaterThan(0);
  });
});

describe('a package', () => {
  it('is a zip with forward slashes and without folders, the same every time', () => {
    const files = goodFiles();
    const ccx = writeCcx(files);
    expect(readCcx(ccx)).toEqual(files);
    expect([...readCcx(ccx).keys()].some((name) => name.endsWith('/') || name.includes('\\'))).toBe(false);
    expect(writeCcx(files)).toEqual(ccx);
  });

  it.each([
    ['no manifest', { 'manifest.json': undefined }, /no manifest\.json/],
    ['a manifest that is no JSON', { 'manifest.json': '{' }, /no JSON/],
    ['no page', { 'index.html': undefined }, /index\.html is missing/],
    ['a page without its script', { 'main.js': undefined }, /refers to main\.js/],
    ['an icon in one size only', { 'icons/plugin@2x.png': undefined }, /no icon icons\/plugin@2x\.png/],
    ['no licence of what is bundled', { 'LICENSE-zod.txt': undefined }, /no LICENSE-zod\.txt/],
    ['a backslash', { 'engine\\page.js': '' }, /backslash/],
    ['a folder', { 'engine/': '' }, /is a folder/],
    ['a file of the system', { 'icons/.DS_Store': '' }, /does not belong/],
    ['code from strings', { 'main.js': 'eval ("1")' }, /has eval/],
    ['a function from a string', { 'main.js': 'new Function("a")' }, /has new Function/],
    ['a dynamic import', { 'main.js': 'import("x")' }, /has import\(\)/],
    ['a static import', { 'main.js': '\nimport x from "y";' }, /ES module/],
    ['a module of Node', { 'main.js': 'require("node:fs")' }, /requires "node:fs"/],
  ])('is refused with %s', (_what, change, problem) => {
    expect(packageProblems(goodFiles(change)).join('\n')).toMatch(problem);
    expect(() => checkPackage(goodFiles(change))).toThrow(problem);
  });

  it.each([
    ['network.domains in an array', '"domains": "all"', '"domains": ["all"]'],
    ['two hosts', '"app": "PS"', '"app": ["PS", "PS"]'],
    ['a name outside ASCII', '"name": "Evenlight"', '"name": "Évenlight"'],
    ['a version of two numbers', '"version": "0.1.0"', '"version": "1.0"'],
    ['another manifest version', '"manifestVersion": 5', '"manifestVersion": 6'],
    ['a misspelt permission', '"localFileSystem"', '"localFilesystem"'],
    ['an entry point twice', '"repeat-last"', '"fix-all"'],
  ])('is refused with %s', (_what, before, after) => {
    const changed = MANIFEST.replace(before, after);
    expect(changed).not.toBe(MANIFEST);
    expect(packageProblems(goodFiles({ 'manifest.json': changed }))).not.toEqual([]);
  });

  it('is refused with an icon of another size than the manifest says', () => {
    const files = goodFiles();
    files.set('icons/plugin.png', files.get('icons/plugin@2x.png')!);
    expect(packageProblems(files)).toEqual(['icons/plugin.png is 48×48, the manifest says 24×24']);
  });
});
