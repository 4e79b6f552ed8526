import { type Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { formatOfName } from '../codec/sniff-format.ts';
import { BridgeError } from '../errors.ts';

/** Added to the name of a fixed photograph that is written beside its original. */
export const FIXED_SUFFIX = '-fixed';

/** A photograph to fix. */
export interface FoundPhoto {
  /** Absolute. */
  readonly path: string;
  /** Where it stands below the folder that was given: its place below `--out`. For single photographs, its name. */
  readonly relativePath: string;
}

export interface FindOptions {
  /** What relative arguments start from. */
  readonly baseFolder: string;
  /** Look into the folders inside folders. */
  readonly recursive: boolean;
  /** `--out`: not searched. */
  readonly outFolder?: string;
}

/** What one argument led to. */
export interface FoundArgument {
  readonly argument: string;
  readonly photos: readonly FoundPhoto[];
  readonly error?: BridgeError;
}

/**
 * Finds the photographs that arguments name: files (whatever their ending says), folders (files with a photograph's ending)
 * and glob patterns, which Windows' shells leave to programs. A name that exists is never taken for a pattern. A photograph
 * named twice is found once. Results of earlier runs ("a-fixed.jpg" beside "a.jpg") in folders are passed over.
 */
export async function findPhotos(args: readonly string[], options: FindOptions): Promise<FoundArgument[]> {
  const seen = new Set<string>();
  const found: FoundArgument[] = [];
  for (const argument of args) {
    const { photos, error } = await findArgument(argument, options);
    const fresh: FoundPhoto[] = [];
    for (const photo of photos) {
      const real = await realpath(photo.path);
      if (seen.has(real)) continue;
      seen.add(real);
      fresh.push(photo);
    }
    found.push({ argument, photos: fresh, ...(error && { error }) });
  }
  return found;
}

async function findArgument(
  argument: string,
  options: FindOptions,
): Promise<{ photos: FoundPhoto[]; error?: BridgeError }> {
  const path = resolve(options.baseFolder, argument);
  const stats = await statIfThere(path);
  if (stats instanceof BridgeError) return { photos: [], error: stats };
  if (stats?.isDirectory()) {
    const photos = await photosIn(path, options);
    return photos.length > 0 ? { photos } : { photos, error: notFound(`${argument} holds no photographs`) };
  }
  if (stats !== undefined) return { photos: [{ path, relativePath: basename(path) }] };

  const pattern = sep === '\\' ? argument.replaceAll('\\', '/') : argument;
  if (!isDynamicPattern(pattern)) return { photos: [], error: notFound(`${argument}: no such file or folder`) };
  const paths = await glob(pattern, { cwd: options.baseFolder, absolute: true, expandDirectories: false });
  const photos = paths
    .map((match) => resolve(match))
    .filter((match) => formatOfName(match) !== undefined && !isInside(match, options.outFolder))
    .sort()
    .map((match) => ({ path: match, relativePath: basename(match) }));
  return photos.length > 0 ? { photos } : { photos, error: notFound(`${argument} matches no photographs`) };
}

async function photosIn(folder: string, { recursive, outFolder }: FindOptions): Promise<FoundPhoto[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive });
  const files = entries
    .filter((entry) => entry.isFile() && formatOfName(entry.name) !== undefined)
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (path) =>
        !relative(folder, path)
          .split(sep)
          .some((name) => name.startsWith('.')),
    )
    .filter((path) => !isInside(path, outFolder))
    .sort();
  const stems = new Set(files.map(stem));
  return files
    .filter((path) => !isResultBesideOriginal(path, stems))
    .map((path) => ({ path, relativePath: relative(folder, path) }));
}

function isResultBesideOriginal(path: string, stems: ReadonlySet<string>): boolean {
  const own = stem(path);
  return own.endsWith(FIXED_SUFFIX) && stems.has(own.slice(0, -FIXED_SUFFIX.length));
}

function stem(path: string): string {
  return join(dirname(path), basename(path, extname(path)));
}

function isInside(path: string, folder: string | undefined): boolean {
  return folder !== undefined && path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

async function statIfThere(path: string): Promise<Stats | BridgeError | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // EINVAL: Windows, for names with the characters of a pattern.
    if (code === 'ENOENT' || code === 'EINVAL' || code === 'ENOTDIR') return undefined;
    return notFound(error instanceof Error ? error.message : String(error));
  }
}

function notFound(message: string): BridgeError {
  return new BridgeError('FILE_NOT_FOUND', message);
}
