import { bytesOf } from './byte-source.ts';
import type { PhotoMetadata } from './photo.ts';
import { numberOf, readTiff, type TiffEntry } from './tiff-directory.ts';

const ORIENTATION = 274;
const EXIF_DIRECTORY = 34665;
const INTEROPERABILITY_DIRECTORY = 40965;
const INTEROPERABILITY_INDEX = 1;

/** What EXIF says about how the pixels are to be read. */
export interface ExifFacts {
  readonly orientation: number;
  readonly cameraColorSpace?: NonNullable<PhotoMetadata['cameraColorSpace']>;
}

/**
 * The facts of a directory with EXIF tags. DCF 2.0 (section 3.1.4) marks Adobe RGB by the Interoperability index "R03" alone.
 */
export function exifFacts(entries: readonly TiffEntry[]): ExifFacts {
  const stored = numberOf(entries, ORIENTATION) ?? 1;
  const orientation = stored >= 1 && stored <= 8 ? stored : 1;
  const exif = entries.find(({ tag }) => tag === EXIF_DIRECTORY)?.directory;
  const interoperability = exif?.find(({ tag }) => tag === INTEROPERABILITY_DIRECTORY)?.directory;
  const index = interoperability?.find(({ tag }) => tag === INTEROPERABILITY_INDEX)?.value;
  const isAdobeRgb = index !== undefined && String.fromCharCode(...index.subarray(0, 3)) === 'R03';
  return isAdobeRgb ? { orientation, cameraColorSpace: 'adobe-rgb' } : { orientation };
}

/** The first directory of an EXIF block; none where the block cannot be read, because readers ignore such blocks too. */
export async function exifEntries(block: Uint8Array | undefined): Promise<readonly TiffEntry[]> {
  if (block === undefined) return [];
  try {
    const { directories } = await readTiff(bytesOf(block));
    return directories[0] ?? [];
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}
