import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '@evenlight/models';
import { decodePhoto } from '@evenlight/bridge/src/codec/decode-photo.ts';
import { encodePhoto } from '@evenlight/bridge/src/codec/encode-photo.ts';
import type { Photo } from '@evenlight/bridge/src/codec/photo.ts';
import { adobeRgbProfile } from '../fixtures/icc-profile.ts';
import type { FormatSample } from './format-samples.ts';

/*
 * The table of bridge/README.md: what is kept of every format and depth. Each row is tried: a file is made, given metadata by
 * ExifTool, read, written and looked at by ExifTool again.
 */

const run = promisify(execFile);

const COLUMNS = ['In', 'Depth', 'Out', 'Depth', 'Pixels', 'ICC', 'EXIF', 'XMP', 'IPTC'] as const;

const MARKS = {
  ICC: '-ICC_Profile:ProfileDescription',
  EXIF: '-IFD0:Copyright',
  XMP: '-XMP-dc:Title',
  IPTC: '-IPTC:City',
} as const;
const TAGS = ['-IFD0:Copyright=A. Photographer', '-XMP-dc:Title=Title', '-IPTC:City=Bern'];

/** The cells of one row. */
export async function tableRow(sample: FormatSample, folder: string): Promise<readonly string[]> {
  const path = join(folder, `a.${sample.extension}`);
  await sample.make(path, folder);
  await tag(path, folder);
  const names = [sample.format, sample.depth];
  let photo: Photo;
  try {
    photo = await decodePhoto(path);
  } catch (error) {
    return [...names, `refused: ${messageOf(error).replace(/[;:,].*/, '')}`, ...COLUMNS.slice(3).map(() => '')];
  }
  const encoded = await encodePhoto(photo);
  const out = join(folder, `out.${encoded.format}`);
  await encoded.writeTo(out);
  const again = await decodePhoto(out);
  const [before, after] = [await marksOf(path), await marksOf(out)];
  const kept = Object.keys(MARKS).map((mark) => (before.has(mark) ? (after.has(mark) ? 'kept' : 'lost') : '–'));
  return [...names, encoded.format, depthOf(again), pixelsOf(photo, again), ...kept];
}

/** What ExifTool cannot write into a format is not there to be kept. */
async function tag(path: string, folder: string): Promise<void> {
  const profile = join(folder, 'profile.icc');
  await writeFile(profile, adobeRgbProfile());
  const cmyk = await marksOf(path);
  const icc = cmyk.has('ICC') ? [] : [`-ICC_Profile<=${profile}`];
  for (const one of [...TAGS, ...icc]) {
    await run('exiftool', ['-q', '-q', '-m', '-overwrite_original', one, path]).catch(() => undefined);
  }
}

async function marksOf(path: string): Promise<ReadonlySet<string>> {
  const { stdout } = await run('exiftool', ['-j', '-G', ...Object.values(MARKS), path]).catch(() => ({
    stdout: '[{}]',
  }));
  const [tags = {}] = JSON.parse(stdout) as readonly Readonly<Record<string, unknown>>[];
  const groups = { ICC: 'ICC_Profile:', EXIF: 'EXIF:', XMP: 'XMP:', IPTC: 'IPTC:' };
  return new Set(
    Object.entries(groups)
      .filter(([, group]) => Object.keys(tags).some((name) => name.startsWith(group)))
      .map(([mark]) => mark),
  );
}

function depthOf({ image, stored }: Photo): string {
  const format = stored?.format ?? image.format;
  return { uint8: '8 bit', uint16: '16 bit', uint15: '15 bit', float32: '32 bit float' }[format];
}

/** How far the samples are from the original's, where both can be compared. */
function pixelsOf(before: Photo, after: Photo): string {
  const [old, now] = [before.image, after.image];
  const isComparable = old.format === now.format && old.pixels.length === now.pixels.length;
  if (!isComparable || before.compression.format === 'raw') return 'developed';
  const full = { uint8: 255, uint15: 32_768, uint16: 65_535, float32: 1 }[old.format];
  let [max, sum] = [0, 0];
  for (const [at, value] of old.pixels.entries()) {
    const step = Math.abs(value - now.pixels[at]!) / full;
    max = Math.max(max, step);
    sum += step;
  }
  if (max === 0) return 'the same';
  const percent = (100 * sum) / old.pixels.length;
  return percent < 0.1 ? 'to 0.1 %' : percent < 1 ? 'to 1 %' : `to ${Math.ceil(percent)} %`;
}

export const TABLE_START = '<!-- npm run formats:table -->';
export const TABLE_END = '<!-- end -->';

export const TABLE_HEAD = [COLUMNS, COLUMNS.map(() => '---')] as const;

/** A row as Markdown has it, without the spaces that align columns. */
export function rowText(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** The rows of a README's table, in the same form. */
export async function readmeRows(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8');
  const table = text.slice(text.indexOf(TABLE_START), text.indexOf(TABLE_END));
  const rows = table.split('\n').filter((line) => line.startsWith('|'));
  return rows.map((line) => line.replaceAll(/ +\|/g, ' |').replaceAll(/\| +/g, '| '));
}
