import { lstat, realpath, stat } from 'node:fs/promises';
import { basename, extname, join, resolve, sep } from 'node:path';
import { codeOf } from '@evenlight/models';
import picomatch from 'picomatch';
import { pathFromBytes, shownPath, systemPath } from '@evenlight/runtime';
import { formatOfName } from '../codec/sniff-format.ts';
import { BridgeError } from '../errors.ts';
import { cannotRead, fileKind, type FileKind, notAFile } from '../files/file-kind.ts';
import { type WalkedEntry, walkFolder, type WalkOptions } from '../files/walk-folder.ts';

/** A photograph to fix. Paths are strings of `path-bytes.ts`: `systemPath` makes of them what the system takes. */
export interface FoundPhoto {
  /** Absolute. */
  readonly path: string;
  /** Where it stands below the folder that was given, or below the folder that a pattern starts from. For files, the name. */
  readonly relativePath: string;
  /** The folder that was given as an argument, absolute. */
  readonly folder?: string;
}

export interface FindOptions {
  /** The folder that relative arguments start from. */
  readonly baseFolder: string;
  /** Look into the folders inside folders. */
  readonly recursive: boolean;
  /** `--out`: not searched. */
  readonly outFolder?: string;
}

/** An entry that ends with an error: its path, or the argument where that leads to nothing. */
export interface FailedEntry {
  readonly path: string;
  readonly error: BridgeError;
}

/** The photographs and errors that one argument gave. */
export interface FoundArgument {
  readonly argument: string;
  readonly photos: readonly FoundPhoto[];
  readonly errors: readonly FailedEntry[];
  /** Files of other kinds in folders. */
  readonly passedOver: readonly string[];
}

/**
 * Finds the photographs that arguments name: files (whatever their ending says), folders (files with a photograph's ending)
 * and glob patterns, which Windows' shells leave to programs. A name that exists is never taken for a pattern. A photograph
 * named twice is found once. An entry that cannot be read, or is not a file, becomes an error of its own; nothing is opened.
 */
export async function findPhotos(args: readonly string[], options: FindOptions): Promise<FoundArgument[]> {
  const seen = new Set<string>();
  const found: FoundArgument[] = [];
  for (const argument of args) {
    const { photos, errors, passedOver } = await findArgument(argument, options);
    const fresh: FoundPhoto[] = [];
    for (const photo of photos) {
      const real = await realPath(photo.path);
      if (seen.has(real)) continue;
      seen.add(real);
      fresh.push(photo);
    }
    found.push({ argument, photos: fresh, errors, passedOver });
  }
  return found;
}

/** The endings of files, with how many there are of each, the commonest first: "3 .mov, 1 without ending". */
export function endingsOf(paths: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const ending = shownPath(extname(path).toLowerCase()) || 'without ending';
    counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
  const inOrder = [...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
  return inOrder.map(([ending, count]) => `${count} ${ending}`).join(', ');
}

type FoundFiles = Omit<FoundArgument, 'argument'>;

async function findArgument(argument: string, options: FindOptions): Promise<FoundFiles> {
  const path = resolve(options.baseFolder, argument);
  const kind = await kindIfThere(path);
  if (kind instanceof BridgeError) return failure(argument, kind);
  if (kind === 'folder') return photosIn(path, argument, options);
  if (kind === 'file') return { photos: [{ path, relativePath: basename(path) }], errors: [], passedOver: [] };
  if (kind !== undefined) return failure(argument, notAFile(argument, kind));
  const pattern = sep === '\\' ? argument.replaceAll('\\', '/') : argument;
  const { isGlob } = picomatch.scan(pattern);
  if (!isGlob) return failure(argument, notFound(`${shownPath(argument)}: no such file or folder`));
  return photosMatching(pattern, argument, options);
}

async function photosIn(folder: string, argument: string, options: FindOptions): Promise<FoundFiles> {
  const depth = options.recursive ? Infinity : 0;
  const isLeftOut = await leavesOut(folder, options.outFolder);
  const entries = await walkFolder(folder, { depth, followFolderLinks: false, isLeftOut });
  const { photos, errors, passedOver } = sorted(entries);
  if (photos.length === 0 && errors.length === 0) {
    return { ...failure(argument, holdsNone(argument, entries, passedOver)), passedOver };
  }
  return { photos: photos.map((photo) => ({ ...photo, folder })), errors, passedOver };
}

function holdsNone(argument: string, entries: readonly WalkedEntry[], passedOver: readonly string[]): BridgeError {
  const notes = [
    ...(passedOver.length > 0 ? [endingsOf(passedOver)] : []),
    ...(entries.some(({ kind }) => kind === 'folder') ? ['--recursive looks into the folders inside it'] : []),
  ];
  const detail = notes.length > 0 ? ` (${notes.join('; ')})` : '';
  return notFound(`${shownPath(argument)} holds no photographs${detail}`);
}

async function photosMatching(pattern: string, argument: string, options: FindOptions): Promise<FoundFiles> {
  const { base, glob } = picomatch.scan(pattern);
  const folder = resolve(options.baseFolder, base);
  const isDeep = /\*\*|[({].*\/.*[)}]/.test(glob);
  const walk: WalkOptions = {
    depth: isDeep ? Infinity : glob.split('/').length - 1,
    followFolderLinks: !isDeep,
    isLeftOut: await leavesOut(folder, options.outFolder),
  };
  const kind = await kindIfThere(folder);
  if (kind instanceof BridgeError) return failure(argument, kind);
  const entries = kind === 'folder' ? await walkFolder(folder, walk) : [];
  const matches = picomatch(glob, { nocase: process.platform === 'win32' });
  const matching = entries.filter(
    ({ relativePath, kind: met, error }) =>
      (met === 'folder' && error !== undefined) ||
      matches(sep === '\\' ? relativePath.replaceAll(sep, '/') : relativePath),
  );
  const { photos, errors } = sorted(matching);
  if (photos.length > 0 || errors.length > 0) return { photos, errors, passedOver: [] };
  return failure(argument, notFound(`${shownPath(argument)} matches no photographs`));
}

/** Entries with a photograph's ending are photographs, or errors where they are no files. */
function sorted(entries: readonly WalkedEntry[]): FoundFiles {
  const photos: FoundPhoto[] = [];
  const errors: FailedEntry[] = [];
  const passedOver: string[] = [];
  for (const { path, relativePath, kind, error } of entries) {
    const isNamedSo = formatOfName(path) !== undefined;
    if (error !== undefined && (isNamedSo || kind === 'folder')) errors.push({ path, error });
    else if (kind === 'folder') continue;
    else if (!isNamedSo) passedOver.push(path);
    else if (kind === 'file') photos.push({ path, relativePath });
    else errors.push({ path, error: notAFile(path, kind) });
  }
  return { photos, errors, passedOver };
}

/** The folder of the results is left out where it lies inside the folder that is searched, by whatever path. */
async function leavesOut(folder: string, outFolder: string | undefined): Promise<(path: string) => boolean> {
  if (outFolder === undefined) return () => false;
  const [realFolder, realOut] = await Promise.all([realPath(folder), realPath(outFolder)]);
  return (path) => join(realFolder, path.slice(folder.length)) === realOut;
}

async function kindIfThere(path: string): Promise<FileKind | BridgeError | undefined> {
  try {
    return fileKind(await stat(systemPath(path)));
  } catch (error) {
    const code = codeOf(error);
    // EINVAL: Windows, for names with the characters of a pattern.
    if (code !== 'ENOENT' && code !== 'EINVAL' && code !== 'ENOTDIR') return cannotRead(path, error);
    const isLink = await lstat(systemPath(path)).then(
      (stats) => stats.isSymbolicLink(),
      () => false,
    );
    return isLink ? notFound(`${shownPath(path)}: a link that leads nowhere`) : undefined;
  }
}

/** The path itself where it cannot be followed to its end: reading it will say why. */
async function realPath(path: string): Promise<string> {
  return realpath(systemPath(path), 'buffer').then(pathFromBytes, () => path);
}

function failure(path: string, error: BridgeError): FoundFiles {
  return { photos: [], errors: [{ path, error }], passedOver: [] };
}

function notFound(message: string): BridgeError {
  return new BridgeError('FILE_NOT_FOUND', message);
}
