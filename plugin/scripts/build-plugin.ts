import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { compareModelNames } from '@evenlight/models';
import { build, context, type BuildOptions, type Plugin } from 'esbuild';
import { drawIcons } from './draw-icons.ts';
import { makeEngineAssets } from './engine-assets.ts';
import { PLUGIN, ROOT } from './plugin-paths.ts';

/** The panel's page, as it is, and its styles, which become one file. */
const PAGE = 'index.html';
const STYLES = 'styles';
/** Help, privacy and support, in each language: see `links.ts`. */
const PAGES = 'pages';

/** zod is in the bundle, whose comments are taken out. */
const ZOD_LICENCE = path.join(path.dirname(createRequire(import.meta.url).resolve('zod/package.json')), 'LICENSE');

export interface BuildPluginOptions {
  /** Where the loadable folder is made; what is in it is removed. */
  readonly outFolder: string;
  /** Leaves out models and engines, which take longest and are not needed to try the panel with a bridge. */
  readonly withEngines?: boolean;
}

/**
 * How the panel's bundle is made: one CommonJS file, because UXP has no ES modules; nothing in it is made from strings or loaded
 * by `import()`, because UXP refuses the one and lacks the other.
 */
export function mainBundleOptions(outfile: string): BuildOptions {
  return {
    absWorkingDir: PLUGIN,
    entryPoints: ['src/main.ts'],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'browser',
    target: 'es2022',
    external: ['photoshop', 'uxp', 'os'],
    supported: { 'dynamic-import': false },
    // A text in a language that needs it arrives as itself.
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
  };
}

/** Makes the folder that Photoshop loads: manifest, page, bundle, icons, engines and models. */
export async function buildPlugin({ outFolder, withEngines = true }: BuildPluginOptions): Promise<void> {
  await rm(outFolder, { recursive: true, force: true });
  await mkdir(outFolder, { recursive: true });
  const bundle = await context(mainBundleOptions(path.join(outFolder, 'main.js')));
  try {
    await bundle.rebuild();
  } finally {
    await bundle.dispose();
  }
  await copyPage(outFolder);
  await writeIcons(outFolder);
  if (withEngines) {
    await makeEngineAssets({ outFolder, modelsFolder: path.join(ROOT, 'models'), models: await modelNames() });
  }
}

/** Builds, and builds the panel again whenever its sources or its page change. Runs until the process ends. */
export async function watchPlugin(options: BuildPluginOptions, onBuilt: () => void): Promise<void> {
  await buildPlugin(options);
  const bundle = mainBundleOptions(path.join(options.outFolder, 'main.js'));
  const watching = await context({ ...bundle, plugins: [pageCopier(options.outFolder, onBuilt)] });
  await watching.watch();
}

/** After every build of the bundle; the page's files are watched with it. */
function pageCopier(outFolder: string, onBuilt: () => void): Plugin {
  return {
    name: 'page-copier',
    setup(builder) {
      builder.onResolve({ filter: /src\/main\.ts$/ }, async ({ path: entry, resolveDir }) => ({
        path: path.resolve(resolveDir, entry),
        watchFiles: [path.join(ROOT, 'manifest.json'), path.join(PLUGIN, PAGE), ...(await filesOf(STYLES))],
      }));
      builder.onEnd(async ({ errors }) => {
        if (errors.length > 0) return;
        await copyPage(outFolder);
        onBuilt();
      });
    },
  };
}

async function copyPage(outFolder: string): Promise<void> {
  await cp(path.join(ROOT, 'manifest.json'), path.join(outFolder, 'manifest.json'));
  await cp(path.join(ROOT, 'LICENSE'), path.join(outFolder, 'LICENSE'));
  await cp(ZOD_LICENCE, path.join(outFolder, 'LICENSE-zod.txt'));
  await cp(path.join(PLUGIN, PAGE), path.join(outFolder, PAGE));
  await cp(path.join(PLUGIN, PAGES), path.join(outFolder, PAGES), { recursive: true });
  await build({
    ...{ entryPoints: [path.join(PLUGIN, STYLES, 'panel.css')], outfile: path.join(outFolder, 'styles.css') },
    ...{ bundle: true, logLevel: 'warning' },
  });
}

async function filesOf(folder: string): Promise<string[]> {
  return (await readdir(path.join(PLUGIN, folder))).map((name) => path.join(PLUGIN, folder, name));
}

async function writeIcons(outFolder: string): Promise<void> {
  await mkdir(path.join(outFolder, 'icons'), { recursive: true });
  for (const [name, bytes] of drawIcons()) await writeFile(path.join(outFolder, name), bytes);
}

/** Every folder of `models/` whose contract is of a model that corrects exposure; the panel takes the first where nothing else is chosen. */
async function modelNames(): Promise<string[]> {
  const folder = path.join(ROOT, 'models');
  const entries = await readdir(folder, { withFileTypes: true });
  const names: string[] = [];
  for (const entry of entries) {
    if (entry.isDirectory() && (await correctsExposure(path.join(folder, entry.name)))) names.push(entry.name);
  }
  return names.sort(compareModelNames);
}

/** Whether a folder holds a contract, and of another kind than `restoration`, which the panel's engines do not run. */
async function correctsExposure(folder: string): Promise<boolean> {
  const text = await readFile(path.join(folder, 'contract.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  const contract: unknown = JSON.parse(text);
  return typeof contract === 'object' && contract !== null && 'kind' in contract && contract.kind !== 'restoration';
}
