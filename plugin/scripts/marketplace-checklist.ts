import * as z from 'zod/mini';
import { LINKS } from '../src/session/links.ts';
import { CATALOGUES } from '../src/panel/texts/texts.ts';
import type { PackageFiles } from './folder-files.ts';

/**
 * What a reviewer of Adobe's Marketplace asks for (Adobe, "Review guidelines" and "Manifest v5"), as far as a program can see it.
 * `open`: to be done before a submission; a package that is handed out directly works without.
 */
export interface ChecklistItem {
  readonly what: string;
  readonly state: 'ok' | 'open' | 'by-hand';
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
    item('id from the developer portal', PORTAL_ID.test(manifest.id), `the manifest's id is ${manifest.id}`),
    item("no trademark of Adobe's in the name", !TRADEMARKS.test(manifest.name), manifest.name),
    ...(['help', 'privacy', 'support'] as const).map((name) => linkItem(name)),
    linkPermission(manifest),
    item(
      'no work at startup',
      manifest.loadEvent !== 'startup',
      `loadEvent is ${manifest.loadEvent}: the code is loaded so that recorded steps find it; nothing runs before the first use`,
    ),
    item('no words of developers in front of users', developerWords().length === 0, developerWords().join(', ')),
    { what: 'works without the companion server', state: 'by-hand', note: 'items 1 and 2 of the by-hand check' },
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

function linkItem(name: keyof typeof LINKS): ChecklistItem {
  const address = LINKS[name];
  const isGood = address?.startsWith('https://') === true;
  return item(`${name} address`, isGood, address ?? 'missing in plugin/src/session/links.ts');
}

/** A link that Photoshop may not open does nothing when it is pressed. */
function linkPermission({ schemes }: ManifestFacts): ChecklistItem {
  const isNeeded = Object.keys(LINKS).length > 0;
  const isThere = schemes.includes('https');
  return item('permission to open links exactly where there are links', isNeeded === isThere, `links: ${isNeeded}`);
}

function item(what: string, isDone: boolean, note: string): ChecklistItem {
  return { what, state: isDone ? 'ok' : 'open', note };
}

interface ManifestFacts {
  readonly id: string;
  readonly name: string;
  readonly loadEvent: string;
  readonly schemes: readonly string[];
}

const manifestFacts = z.object({
  id: z.string(),
  name: z.string(),
  host: z.object({ data: z.object({ loadEvent: z.string() }) }),
  requiredPermissions: z.object({ launchProcess: z.optional(z.object({ schemes: z.array(z.string()) })) }),
});

/** Of a manifest that `checkPackage` has accepted. */
function readManifest(files: PackageFiles): ManifestFacts {
  const bytes = files.get('manifest.json');
  if (bytes === undefined) throw new Error('there is no manifest.json at the root');
  const { id, name, host, requiredPermissions } = manifestFacts.parse(JSON.parse(new TextDecoder().decode(bytes)));
  return { id, name, loadEvent: host.data.loadEvent, schemes: requiredPermissions.launchProcess?.schemes ?? [] };
}
