import * as z from 'zod/mini';
import { LINKS, PAGE_NAMES, type PageName } from '../src/session/links.ts';
import { CATALOGUES } from '../src/panel/texts/texts.ts';
import type { PackageFiles } from './folder-files.ts';

/**
 * What a reviewer of Adobe's Marketplace asks for (Adobe, "Review guidelines" and "Manifest v5"), as far as a program can see it.
 * `missing`: to be done before a submission; a package that is handed out directly works without.
 */
export interface ChecklistItem {
  readonly what: string;
  readonly state: 'ok' | 'missing' | 'by-hand';
  readonly note: string;
}

/** The portal's ids are eight hexadecimal digits; an own one installs, but cannot be submitted. */
const PORTAL_ID = /^[0-9a-f]{8}$/;
const TRADEMARKS = /adobe|photoshop|lightroom|creative cloud/i;
/** Words of developers, which no user should meet, and a word that means something else in this house. */
const DEVELOPER_WORDS = /\bnpm\b|onnxruntime|failed to fetch|\bbridge\b|brücke/i;

/** Every item, in the order of the guidelines. */
export function marketplaceChecklist(files: PackageFiles): readonly ChecklistItem[] {
  const manifest = readManifest(files);
  return [
    item(
      'id from the developer portal',
      PORTAL_ID.test(manifest.id),
      `the manifest's id is "${manifest.id}"; take the eight digits that the portal gives a new listing`,
    ),
    item("no trademark of Adobe's in the name", !TRADEMARKS.test(manifest.name), manifest.name),
    ...PAGE_NAMES.map((name) => linkItem(name)),
    launchPermission(manifest),
    item(
      'no work at startup',
      manifest.loadEvent !== 'startup',
      `loadEvent is ${manifest.loadEvent}: the code is loaded so that recorded steps find it; nothing runs before the first use`,
    ),
    item('no words of developers in front of users', developerWords().length === 0, developerWords().join(', ')),
    { what: 'works without the companion server', state: 'by-hand', note: 'items 1 and 2 of plugin/BY-HAND.md' },
    { what: 'screenshots, description, test account', state: 'by-hand', note: 'in the portal' },
  ];
}

/** Keys of texts that have such a word. */
function developerWords(): readonly string[] {
  return Object.entries(CATALOGUES).flatMap(([language, texts]) =>
    Object.entries(texts)
      .filter(([, text]) => DEVELOPER_WORDS.test(text))
      .map(([key]) => `${language}: ${key}`),
  );
}

function linkItem(name: PageName): ChecklistItem {
  const address = LINKS[name];
  const note = `no public address: enter it as "${name}" under "links" in plugin/package.json; until then the panel opens the page in the package`;
  return item(`public ${name} address`, address !== undefined, address ?? note);
}

/** What Photoshop may not open does nothing when it is pressed, and a permission that nobody needs is asked about. */
function launchPermission({ schemes, extensions }: ManifestFacts): ChecklistItem {
  const hasAddress = PAGE_NAMES.some((name) => LINKS[name] !== undefined);
  const hasPage = PAGE_NAMES.some((name) => LINKS[name] === undefined);
  const isExact = schemes.includes('https') === hasAddress && extensions.includes('.html') === hasPage;
  const needed = [...(hasAddress ? ['https'] : []), ...(hasPage ? ['.html'] : [])].join(' and ');
  const note = `needs ${needed}; the manifest has ${[...schemes, ...extensions].join(' and ') || 'nothing'}`;
  return item('permission to open exactly the pages there are', isExact, note);
}

function item(what: string, isDone: boolean, note: string): ChecklistItem {
  return { what, state: isDone ? 'ok' : 'missing', note };
}

interface ManifestFacts {
  readonly id: string;
  readonly name: string;
  readonly loadEvent: string;
  readonly schemes: readonly string[];
  readonly extensions: readonly string[];
}

const manifestFacts = z.object({
  id: z.string(),
  name: z.string(),
  host: z.object({ data: z.object({ loadEvent: z.string() }) }),
  requiredPermissions: z.object({
    launchProcess: z.object({ schemes: z.array(z.string()), extensions: z.array(z.string()) }),
  }),
});

/** Of a manifest that `checkPackage` has accepted. */
function readManifest(files: PackageFiles): ManifestFacts {
  const bytes = files.get('manifest.json');
  if (bytes === undefined) throw new Error('there is no manifest.json at the root');
  const { id, name, host, requiredPermissions } = manifestFacts.parse(JSON.parse(new TextDecoder().decode(bytes)));
  return { id, name, loadEvent: host.data.loadEvent, ...requiredPermissions.launchProcess };
}
