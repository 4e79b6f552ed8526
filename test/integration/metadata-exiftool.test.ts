import { execFile, execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { decodePhoto } from '@evenlight/bridge/src/codec/decode-photo.ts';
import { encodePhoto } from '@evenlight/bridge/src/codec/encode-photo.ts';
import type { Photo, PhotoFormat } from '@evenlight/bridge/src/codec/photo.ts';
import { shortEntry, type TiffEntry, writeExifBlock } from '@evenlight/bridge/src/codec/tiff-directory.ts';
import { dngFile } from '../fixtures/dng-file.ts';
import { madePicture, temporaryFolder, writePicture } from '../fixtures/photo-files.ts';
import { tiffFile } from '../fixtures/tiff-files.ts';

/*
 * ExifTool, which nobody here wrote, lists what a file says before and after: no tag is lost, changed or made up that `ALLOWED` does
 * not name. Needs Debian's libimage-exiftool-perl.
 */

const run = promisify(execFile);
const hasExifTool = (() => {
  try {
    execFileSync('exiftool', ['-ver'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('skipped: metadata by ExifTool, which is not installed (Debian: libimage-exiftool-perl)\n');
    return false;
  }
})();

type Kind = 'jpeg' | 'tiff' | 'tiff-mm' | 'png' | 'webp' | 'avif' | 'heic' | 'jxl' | 'psd' | 'dng';

/** Tags that may differ, with the reason. Of `source`, where it is given, alone. */
const ALLOWED: readonly { readonly tags: RegExp; readonly why: string; readonly source?: RegExp }[] = [
  { tags: /^(File|System|ExifTool|Composite):|^SourceFile$/, why: 'about the file, not in it' },
  { tags: /^IFD0:(Strip|RowsPerStrip|Compression|Predictor|FillOrder|PlanarConfig)/, why: 'how samples are stored' },
  { tags: /^IFD0:(ImageWidth|ImageHeight|BitsPerSample|Photometric|SamplesPerPixel)/, why: 'states the same picture' },
  {
    tags: /^PNG:(Compression|Filter|Interlace|BitDepth|ColorType|Image(Width|Height))$/,
    why: 'how samples are stored',
  },
  { tags: /^PNG:(BackgroundColor|SignificantBits)$/, why: 'of the old samples: a warning says so' },
  { tags: /^(QuickTime|Meta):/, why: 'the container: brands, codec, place of the data', source: /avif|heic/ },
  { tags: /^Jpeg2000:/, why: 'the container: brands', source: /jxl/ },
  { tags: /^JFIF:/, why: 'JFIF is what a new JPEG begins with', source: /heic/ },
  { tags: /^(ICC-header|ICC_Profile|PNG:ProfileName)/, why: 'the decoder names the colours', source: /jxl|dng/ },
  { tags: /^Photoshop:(Layer|Compression)/, why: 'the result is a new layer', source: /psd/ },
  { tags: /^Photoshop:PhotoshopThumbnail/, why: 'shows the old exposure: a warning says so', source: /psd/ },
  {
    tags: /^(IFD0|SubIFD|PNG):/,
    why: 'how the sensor is to be developed; dates and texts are tested below',
    source: /dng/,
  },
];

const TAGS = [
  ...['-Make=Canon', '-Model=EOS', '-Artist=A. Photographer', '-Copyright=(c) A', '-ImageDescription=A caption é'],
  ...['-Software=Prog', '-DateTimeOriginal=2026:01:02 03:04:05', '-ExposureTime=1/250', '-FNumber=5.6', '-ISO=400'],
  ...['-LensModel=50mm', '-GPSLatitude=48.1', '-GPSLatitudeRef=N', '-GPSLongitude=11.5', '-GPSLongitudeRef=E'],
  ...['-UserComment=Comment ü', '-XPTitle=Title', '-IPTC:Caption-Abstract=IPTC caption', '-IPTC:Keywords=one'],
  ...['-IPTC:Keywords=two', '-IPTC:City=Bern', '-XMP-dc:Title=Title', '-XMP-dc:Subject=one', '-XMP-dc:Subject=two'],
  ...['-XMP-xmp:Rating=4', '-XMP-lr:HierarchicalSubject=a|b', '-XMP-crs:Exposure2012=+0.5', '-Comment=a comment'],
  ...['-XResolution=300', '-YResolution=300', '-ResolutionUnit=inches', '-Photoshop:CopyrightFlag=true'],
];

/** Every tag of a file by group and name. */
async function tagsOf(path: string): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await run('exiftool', ['-j', '-G1', '-a', '-u', '-n', '-b', '-struct', path], { maxBuffer: 1e8 });
  const [tags = {}] = JSON.parse(stdout) as readonly Readonly<Record<string, unknown>>[];
  return new Map(Object.entries(tags).map(([name, value]) => [name, JSON.stringify(value)]));
}

async function differences(kind: Kind, before: string, after: string): Promise<string[]> {
  const [old, now] = [await tagsOf(before), await tagsOf(after)];
  const isAllowed = (tag: string): boolean =>
    ALLOWED.some(({ tags, source }) => tags.test(tag) && (source === undefined || source.test(kind)));
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((tag) => old.get(tag) !== now.get(tag) && !isAllowed(tag))
    .map((tag) => `${tag}: ${old.get(tag) ?? 'nothing'} → ${now.get(tag) ?? 'nothing'}`);
}

/** A file of the kind with everything that ExifTool can write into it. */
async function taggedFile(folder: string, kind: Kind): Promise<string> {
  const png = await writePicture(join(folder, 'seed.png'), madePicture(48, 32, 3), 'png');
  const path = join(folder, `a.${{ jpeg: 'jpg', 'tiff-mm': 'tif', tiff: 'tif' }[kind as string] ?? kind}`);
  switch (kind) {
    case 'jpeg':
    case 'png':
    case 'webp':
      await writePicture(path, madePicture(48, 32, 3), kind);
      break;
    case 'tiff':
    case 'tiff-mm': {
      const layout = { photometric: 2, bits: 8, compression: 'lzw', littleEndian: kind === 'tiff' } as const;
      await writeFile(path, tiffFile({ width: 48, height: 32, ...layout }));
      break;
    }
    case 'dng':
      await writeFile(path, dngFile({ width: 96, height: 64, light: (x) => x / 96 }));
      break;
    case 'psd':
      await run('convert', [png, '-depth', '8', path]);
      break;
    case 'jxl':
      await run('cjxl', [png, path]);
      break;
    case 'heic':
      await run('heif-enc', [png, '-o', path]);
      break;
    case 'avif':
      await (await encodePhoto(await decodePhoto(png), 'avif')).writeTo(path);
      break;
  }
  await run('exiftool', ['-q', '-q', '-m', '-overwrite_original', ...TAGS, path]);
  return path;
}

async function written(photo: Photo, folder: string, format: PhotoFormat | 'keep' = 'keep') {
  const encoded = await encodePhoto(photo, format);
  const path = join(folder, `written.${encoded.format}`);
  await encoded.writeTo(path);
  return { path, warnings: encoded.warnings };
}

describe.runIf(hasExifTool)('ExifTool', () => {
  const kinds: readonly Kind[] = ['jpeg', 'tiff', 'tiff-mm', 'png', 'webp', 'avif', 'heic', 'jxl', 'psd', 'dng'];
  it.each(kinds)('finds every tag of a %s in what is written for it', async (kind) => {
    const folder = await temporaryFolder();
    const before = await taggedFile(folder, kind);
    const { path } = await written(await decodePhoto(before), folder);
    const tags = await tagsOf(path);
    expect(await differences(kind, before, path)).toEqual([]);
    expect(tags.get('ExifIFD:DateTimeOriginal')).toBe('"2026:01:02 03:04:05"');
    expect(tags.get('XMP-dc:Title')).toBeDefined();
    expect(extname(path).length).toBeGreaterThan(3);
  });

  /** What ExifTool cannot make: a maker note of an unknown maker, private tags, IPTC that is typed LONG. */
  const odd = (): Uint8Array => {
    const note = Buffer.from('MAKER NOTES of nobody 0123456789 abcdefg');
    const directory: TiffEntry[] = [
      { tag: 37500, type: 7, count: note.length, value: note },
      shortEntry(0x9999, [7]),
      { tag: 40965, type: 4, count: 1, value: new Uint8Array(4), directory: [ascii(1, 'R98')] },
    ];
    return writeExifBlock([
      ascii(271, 'Unknown maker'),
      { tag: 34665, type: 4, count: 1, value: new Uint8Array(4), directory },
    ]);
  };
  it.each(['jpeg', 'png', 'webp', 'avif', 'tiff', 'psd'] as const)(
    'finds an unknown maker note in a %s',
    async (format) => {
      const folder = await temporaryFolder();
      const seed = await decodePhoto(await writePicture(join(folder, 'a.png'), madePicture(24, 16, 3), 'png'));
      const exif = odd();
      const photo: Photo = { ...seed, metadata: { ...seed.metadata, exif, native: { format: 'none' } } };
      const { path } = await written(photo, folder, format);
      const first = await tagsOf(path);
      expect(first.get('ExifIFD:MakerNoteUnknownText')).toContain('MAKER NOTES of nobody');
      expect(first.get('ExifIFD:Exif_0x9999')).toBe('7');
      expect(first.get('InteropIFD:InteropIndex')).toBe('"R98"');
      const again = join(folder, `again.${format}`);
      await (await encodePhoto(await decodePhoto(path))).writeTo(again);
      expect(await differences(format, path, again)).toEqual([]);
    },
  );
});

function ascii(tag: number, text: string): TiffEntry {
  const value = Buffer.from(`${text}\0`);
  return { tag, type: 2, count: value.length, value };
}
