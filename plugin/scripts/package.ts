/**
 * Builds the plugin and packs it into `plugin/dist/evenlight-<version>.ccx`.
 *
 *     npm run plugin:package
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildPlugin } from './build-plugin.ts';
import { listCcx, readCcx, writeCcx } from './ccx.ts';
import { checkEngines, engineSizes } from './check-engines.ts';
import { checkPackage } from './check-package.ts';
import { readFolder } from './folder-files.ts';
import { marketplaceChecklist } from './marketplace-checklist.ts';
import { DIST, ROOT, STAGED } from './plugin-paths.ts';

const version = await commonVersion();
await buildPlugin({ outFolder: STAGED });
const bytes = writeCcx(await readFolder(STAGED));
const written = readCcx(bytes);
checkPackage(written);
checkEngines(written);
const file = path.join(DIST, `evenlight-${version}.ccx`);
await writeFile(file, bytes);
console.log(`${file}: ${written.size} files, ${(bytes.length / 2 ** 20).toFixed(1)} MiB`);
for (const { what, state, note } of marketplaceChecklist(written))
  console.log(`Marketplace, ${state}: ${what} (${note})`);
for (const line of engineSizes(listCcx(bytes))) console.log(line);

/** Of the manifest and of the packages: a package that calls itself something else than its release helps nobody. */
async function commonVersion(): Promise<string> {
  const names = ['manifest.json', 'package.json', 'plugin/package.json'];
  const versions = await Promise.all(names.map((name) => readVersion(path.join(ROOT, name))));
  const [first] = versions;
  if (first === undefined || versions.some((other) => other !== first)) {
    throw new Error(`versions differ: ${names.map((name, i) => `${name} ${versions[i] ?? '?'}`).join(', ')}`);
  }
  return first;
}

async function readVersion(file: string): Promise<string> {
  const json: unknown = JSON.parse(await readFile(file, 'utf8'));
  const found: unknown = typeof json === 'object' && json !== null && 'version' in json ? json.version : undefined;
  if (typeof found !== 'string') throw new Error(`${file} has no version`);
  return found;
}
