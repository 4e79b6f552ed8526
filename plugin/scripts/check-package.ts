import * as z from 'zod/mini';
import { CATALOGUES } from '../src/panel/texts/texts.ts';
import { PAGE_NAMES, pagePath } from '../src/session/links.ts';
import type { PackageFiles } from './folder-files.ts';

const size = z.object({ width: z.number(), height: z.number() });
const icon = z.object({
  width: z.number(),
  height: z.number(),
  path: z.string(),
  scale: z.array(z.union([z.literal(1), z.literal(2)])),
  theme: z.optional(z.array(z.enum(['all', 'lightest', 'light', 'medium', 'dark', 'darkest']))),
  species: z.optional(z.array(z.enum(['generic', 'toolbar', 'pluginList']))),
});
const label = z.union([z.string(), z.catchall(z.object({ default: z.string() }), z.string())]);

/**
 * The part of manifest version 5 that Evenlight uses (Adobe, "Manifest v5" and "Photoshop manifest"). Strict: a misspelt or an
 * unknown key is ignored by Photoshop, and what it should have done does not happen.
 */
const manifestSchema = z.strictObject({
  manifestVersion: z.literal(5),
  id: z.string().check(z.regex(/^[\w.-]{3,}$/)),
  name: z.string().check(z.regex(/^[ -~]{3,45}$/)),
  version: z.string().check(z.regex(/^\d{1,2}\.\d{1,2}\.\d{1,2}$/)),
  main: z.string(),
  // An array of hosts is for development only; a package must have one.
  host: z.strictObject({
    app: z.literal('PS'),
    minVersion: z.string().check(z.regex(/^\d+\.\d+\.\d+$/)),
    data: z.strictObject({
      apiVersion: z.literal(2),
      loadEvent: z.enum(['use', 'startup']),
      // A recorded menu command is over before its work is: a batch would save files uncorrected.
      enableMenuRecording: z.literal(false),
    }),
  }),
  entrypoints: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('command'), id: z.string(), label }),
      z.strictObject({
        type: z.literal('panel'),
        id: z.string(),
        label,
        minimumSize: size,
        maximumSize: size,
        preferredDockedSize: size,
        preferredFloatingSize: size,
        icons: z.array(icon),
      }),
    ]),
  ),
  icons: z.array(icon),
  requiredPermissions: z.strictObject({
    network: z.strictObject({
      // The bare string: ["all"] denies every host without a word.
      domains: z.literal('all'),
    }),
    localFileSystem: z.literal('request'),
    // For help, privacy and support: see links.ts.
    launchProcess: z.strictObject({ schemes: z.array(z.literal('https')), extensions: z.array(z.literal('.html')) }),
    webview: z.strictObject({
      allow: z.literal('yes'),
      domains: z.array(z.string()),
      allowLocalRendering: z.literal('yes'),
      enableMessageBridge: z.literal('localOnly'),
    }),
  }),
});

type Manifest = z.infer<typeof manifestSchema>;

/** What UXP's engine refuses or lacks, wherever it stands in the bundle. */
const FORBIDDEN: readonly [RegExp, string][] = [
  [/\beval\s*\(/, 'eval'],
  [/\bnew\s+Function\b/, 'new Function'],
  [/\bimport\s*\(/, 'import()'],
  [/\bimport\.meta\b/, 'import.meta'],
  [/^\s*(import|export)\s/m, 'an ES module'],
];

/** Modules that UXP itself has, and our own bundle beside the panel's. */
const KNOWN_MODULES = new Set(['photoshop', 'uxp', 'os']);

/**
 * Checks a plugin's files against what Adobe documents and what others found out the hard way.
 *
 * @throws Error that lists everything that is wrong
 */
export function checkPackage(files: PackageFiles): void {
  const problems = packageProblems(files);
  if (problems.length > 0) throw new Error(`the plugin cannot be packaged:\n- ${problems.join('\n- ')}`);
}

/** Everything that is wrong, one sentence each. */
export function packageProblems(files: PackageFiles): readonly string[] {
  const { manifest, problems } = parseManifest(files);
  const found: string[] = [...pathProblems(files), ...licenceProblems(files), ...problems];
  if (manifest === undefined) return found;
  found.push(...linkedPageProblems(files));
  return [...found, ...iconProblems(files, manifest), ...pageProblems(files, manifest), ...entryProblems(manifest)];
}

function parseManifest(files: PackageFiles): { manifest?: Manifest; problems: readonly string[] } {
  const bytes = files.get('manifest.json');
  if (bytes === undefined) return { problems: ['there is no manifest.json at the root'] };
  let json: unknown;
  try {
    json = JSON.parse(text(bytes));
  } catch (error) {
    return { problems: [`manifest.json is no JSON: ${String(error)}`] };
  }
  const result = manifestSchema.safeParse(json);
  if (result.success) return { manifest: result.data, problems: [] };
  return { problems: result.error.issues.map(({ path, message }) => `manifest.json: ${path.join('.')}: ${message}`) };
}

function* pathProblems(files: PackageFiles): Generator<string> {
  for (const name of files.keys()) {
    if (name.includes('\\')) yield `${name} has a backslash: Photoshop shows an empty panel`;
    if (name.endsWith('/')) yield `${name} is a folder: installers refuse such entries`;
    if (name.startsWith('/') || name.split('/').includes('..')) yield `${name} points out of the package`;
    if (name.split('/').some((part) => part.startsWith('.') || part === 'node_modules'))
      yield `${name} does not belong here`;
  }
}

/** Our own, and of what is in the bundle: their licences ask for it. */
function* licenceProblems(files: PackageFiles): Generator<string> {
  for (const name of ['LICENSE', 'LICENSE-zod.txt']) if (!files.has(name)) yield `there is no ${name}`;
}

/** Pages that the panel opens, in each of its languages, and what they refer to. */
function* linkedPageProblems(files: PackageFiles): Generator<string> {
  for (const name of PAGE_NAMES) {
    for (const language of Object.keys(CATALOGUES)) {
      const path = pagePath(name, language);
      const page = files.get(path);
      if (page === undefined) yield `there is no ${path}`;
      else if (!text(page).includes(`<html lang="${language}">`)) yield `${path} is not in the language "${language}"`;
    }
  }
}

/** Each at one and two times its size, in the pixels that the manifest says. */
function* iconProblems(files: PackageFiles, { icons, entrypoints }: Manifest): Generator<string> {
  const panels = entrypoints.flatMap((entry) => (entry.type === 'panel' ? entry.icons : []));
  if (icons.length === 0 || panels.length === 0) yield 'the plugin list and the panel need icons';
  for (const { path, width, height, scale } of [...icons, ...panels]) {
    for (const factor of scale) {
      const name = factor === 1 ? path : path.replace(/(\.\w+)$/, `@${factor}x$1`);
      const bytes = files.get(name);
      if (bytes === undefined) yield `there is no icon ${name}`;
      else if (pngSize(bytes) !== `${width * factor}×${height * factor}`) {
        yield `${name} is ${pngSize(bytes)}, the manifest says ${width * factor}×${height * factor}`;
      }
    }
  }
}

function pngSize(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytes.length > 24 ? `${view.getUint32(16)}×${view.getUint32(20)}` : 'no image';
}

function* pageProblems(files: PackageFiles, { main }: Manifest): Generator<string> {
  const page = files.get(main);
  if (page === undefined) {
    yield `the manifest's main file ${main} is missing`;
    return;
  }
  for (const [, name] of text(page).matchAll(/(?:src|href)="([^"]+)"/g)) {
    if (!files.has(name!)) yield `${main} refers to ${name!}, which is missing`;
  }
  const bundle = files.get('main.js');
  if (bundle === undefined) return;
  const source = text(bundle);
  yield* uxpSourceProblems('main.js', source);
  for (const [, name] of source.matchAll(/\brequire\("([^"]+)"\)/g)) {
    if (!KNOWN_MODULES.has(name!)) yield `main.js requires "${name!}", which UXP does not have`;
  }
}

/** What UXP's engine would refuse of a script, one sentence each. */
export function* uxpSourceProblems(name: string, source: string): Generator<string> {
  for (const [pattern, what] of FORBIDDEN) if (pattern.test(source)) yield `${name} has ${what}`;
}

function* entryProblems({ entrypoints }: Manifest): Generator<string> {
  const ids = entrypoints.map(({ id }) => id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) yield `entry point ${id} is there twice`;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
