import type { ByteSource } from '../byte-source.ts';
import { exifFacts } from '../exif.ts';
import { photoshopWith } from '../photoshop-resources.ts';
import type { PhotoMetadata } from '../photo.ts';
import { EXIF_TAGS } from '../tiff-container.ts';
import { readTiff, type TiffEntry, writeExifBlock } from '../tiff-directory.ts';

const [XMP, IPTC, PHOTOSHOP] = [700, 33723, 34377];
const NONE: PhotoMetadata = { orientation: 1, native: { format: 'none' } };

/** EXIF and XMP of raw files that are built like a TIFF (DNG, NEF, CR2, ARW, PEF…); nothing of the others. */
export async function rawMetadata(source: ByteSource): Promise<PhotoMetadata> {
  const first = await firstDirectory(source);
  const entries = first.filter(({ tag }) => EXIF_TAGS.has(tag));
  if (entries.length === 0) return NONE;
  const valueOf = (wanted: number): Uint8Array | undefined => first.find(({ tag }) => tag === wanted)?.value;
  const xmp = valueOf(XMP);
  const photoshop = photoshopWith(valueOf(PHOTOSHOP), valueOf(IPTC));
  // The developed pixels have a colour space of their own.
  const { orientation } = exifFacts(entries);
  return {
    exif: writeExifBlock(entries),
    ...(xmp && { xmp }),
    ...(photoshop && { photoshop }),
    orientation,
    native: { format: 'none' },
  };
}

async function firstDirectory(source: ByteSource): Promise<readonly TiffEntry[]> {
  try {
    const { directories } = await readTiff(source, (tag) => EXIF_TAGS.has(tag) || tag === XMP || tag >= 33_434);
    return directories[0] ?? [];
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}
