import { createHash } from 'node:crypto';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { systemPath } from '@evenlight/runtime';
import type { PhotoFormat } from '../codec/photo.ts';
import { resultFormat } from '../codec/photo-codecs.ts';
import { extensionOf, formatOfName } from '../codec/sniff-format.ts';
import type { FoundPhoto } from './find-photos.ts';
import type { ResultKind } from './shared-options.ts';

/*
 * Where results go. Every photograph gets a place of its own, and the same command gives the same places again:
 * one folder, its content directly below --out; several folders, each under its own name; a photograph whose name another one
 * has too, below the folder that both are in; and one whose name is taken only because formats change, with both endings
 * ("a.png.jpg" beside "a.jpg").
 */

/** Added to the name of a fixed photograph that is written beside its original. */
export const FIXED_SUFFIX = '-fixed';

/** Bytes of a name on nearly every file system. */
const MAX_NAME_BYTES = 255;
const HASH_DIGITS = 8;

export interface OutputOptions {
  /** Absolute; without it the result stands beside its original, with `-fixed` in its name. */
  readonly outFolder?: string;
  readonly format: PhotoFormat | 'keep';
  /** A correction has an ending of its own. */
  readonly kind?: ResultKind;
}

interface OutputPlace {
  readonly folder: string;
  /** The name ends with the original's ending and the new one. */
  readonly hasBothEndings: boolean;
}

/** Where the result of each photograph goes, in the photographs' order. */
export function planOutputs(photos: readonly FoundPhoto[], options: OutputOptions): ReadonlyMap<FoundPhoto, string> {
  const names = namesOfFolders(photos);
  const places = new Map<FoundPhoto, OutputPlace>(
    photos.map((photo) => [photo, { folder: folderFor(photo, names, options.outFolder), hasBothEndings: false }]),
  );
  const output = (photo: FoundPhoto): string => outputIn(photo, places.get(photo)!, options);
  for (const photo of clashing(photos, output).flat()) {
    if (changesEnding(photo, options)) places.set(photo, { ...places.get(photo)!, hasBothEndings: true });
  }
  if (options.outFolder !== undefined) {
    for (const clash of clashing(photos, output)) {
      const shared = sharedFolder(clash.map(({ path }) => dirname(path)));
      for (const photo of clash) {
        const folder = join(options.outFolder, relative(shared, dirname(photo.path)));
        places.set(photo, { ...places.get(photo)!, folder });
      }
    }
  }
  return new Map(photos.map((photo) => [photo, output(photo)]));
}

/** Groups of photographs that would get the same output. */
function clashing(photos: readonly FoundPhoto[], output: (photo: FoundPhoto) => string): FoundPhoto[][] {
  const groups = new Map<string, FoundPhoto[]>();
  for (const photo of photos) {
    const path = output(photo);
    groups.set(path, [...(groups.get(path) ?? []), photo]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** What each folder given is called below `--out`: nothing where it is the only one. */
function namesOfFolders(photos: readonly FoundPhoto[]): ReadonlyMap<string, string> {
  const folders = [...new Set(photos.flatMap(({ folder }) => (folder === undefined ? [] : [folder])))];
  if (folders.length < 2) return new Map(folders.map((folder) => [folder, '']));
  const shared = sharedFolder(folders);
  const isTaken = (folder: string): boolean =>
    folders.some((other) => other !== folder && fold(basename(other)) === fold(basename(folder)));
  return new Map(
    folders.map((folder) => [folder, isTaken(folder) ? relative(shared, folder) : basename(folder)] as const),
  );
}

/** Some file systems take names that differ in case, or in how accents are composed, for the same. */
function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

function folderFor(photo: FoundPhoto, names: ReadonlyMap<string, string>, outFolder: string | undefined): string {
  if (outFolder === undefined) return dirname(photo.path);
  const name = photo.folder === undefined ? '' : (names.get(photo.folder) ?? '');
  return resolve(outFolder, name, dirname(photo.relativePath));
}

function sharedFolder(folders: readonly string[]): string {
  const [first = sep, ...others] = folders;
  let shared = first;
  while (!others.every((folder) => isWithin(folder, shared)) && dirname(shared) !== shared) shared = dirname(shared);
  return shared;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function outputIn(photo: FoundPhoto, { folder, hasBothEndings }: OutputPlace, options: OutputOptions): string {
  const extension = extname(photo.path);
  const stem = basename(photo.path, hasBothEndings ? '' : extension);
  const suffix = options.outFolder === undefined ? FIXED_SUFFIX : '';
  return join(folder, fittingName(stem, `${suffix}${endingFor(photo, options)}`));
}

function changesEnding(photo: FoundPhoto, options: OutputOptions): boolean {
  return endingFor(photo, options) !== extname(photo.path);
}

function endingFor({ path }: FoundPhoto, { format, kind = 'photo' }: OutputOptions): string {
  if (kind !== 'photo') return `.${kind}`;
  const source = formatOfName(path);
  // A name whose ending is not a known format keeps it unless another format is asked for.
  const target = source === undefined ? format : resultFormat(source, format);
  return target === 'keep' || target === source ? extname(path) : extensionOf(target);
}

/** A stem that is too long for a name with this ending is cut; a hash of the whole keeps it apart from others. */
function fittingName(stem: string, ending: string): string {
  if (nameBytes(stem + ending) <= MAX_NAME_BYTES) return stem + ending;
  const hash = createHash('sha256').update(systemPath(stem)).digest('hex').slice(0, HASH_DIGITS);
  const characters = Array.from(stem);
  while (nameBytes(`${characters.join('')}~${hash}${ending}`) > MAX_NAME_BYTES) characters.pop();
  return `${characters.join('')}~${hash}${ending}`;
}

function nameBytes(name: string): number {
  return Buffer.byteLength(systemPath(name));
}
