import { type FileHandle, open, readFile, writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { systemPath } from '@evenlight/runtime';

/*
 * A result says of itself what it was made of: the SHA-256 of its original and a hash of the settings. So a run that is
 * started again knows what is done by content, whatever the files are called, and no result is ever taken for an original.
 *
 * The mark is text in a place that each format has for what readers do not know: a JPEG comment, a PNG text chunk, a WebP
 * chunk, bytes behind a TIFF's last directory, a `free` box of the ISO family (AVIF, HEIF, JPEG XL). Not EXIF or XMP, which
 * come back byte for byte and which other programs carry into files that they make of the result.
 */

/** What a result was made of. */
export interface ResultMarker {
  /** SHA-256 of the original, in hex. */
  readonly source: string;
  /** See {@link settingsHash}. */
  readonly settings: string;
}

const TEXT = /evenlight-result:1;source=([0-9a-f]{64});settings=([0-9a-f]{16});/g;
const TEXT_START = 'evenlight-result:';
/** The mark and what the formats put behind it. */
const TAIL_BYTES = 256;
const HEAD_BYTES = 16;
const PNG_END = Buffer.from('0000000049454e44ae426082', 'hex');

/** The mark of a file; `undefined` where there is none. */
export async function readMarker(path: string): Promise<ResultMarker | undefined> {
  const file = await open(systemPath(path), 'r');
  try {
    const { size } = await file.stat();
    const head = await bytesAt(file, 0, HEAD_BYTES);
    const text = isJpeg(head)
      ? await markedComment(file)
      : (await bytesAt(file, Math.max(0, size - TAIL_BYTES), TAIL_BYTES)).toString('latin1');
    // A result that was fixed again may carry its older mark in front of the new one.
    const match = [...(text ?? '').matchAll(TEXT)].at(-1);
    return match === undefined ? undefined : { source: match[1]!, settings: match[2]! };
  } finally {
    await file.close();
  }
}

/** Whether a file is there and has a mark. */
export async function isResult(path: string): Promise<boolean> {
  return (await readMarker(path).catch(() => undefined)) !== undefined;
}

/** Marks a file before it gets its name. Files of formats that have no place for a mark stay as they are. */
export async function writeMarker(path: string, { source, settings }: ResultMarker): Promise<void> {
  const text = Buffer.from(`${TEXT_START}1;source=${source};settings=${settings};`, 'latin1');
  const file = await open(systemPath(path), 'r+');
  try {
    const { size } = await file.stat();
    const head = await bytesAt(file, 0, HEAD_BYTES);
    const kind = head.toString('latin1');
    if (isJpeg(head)) await markJpeg(path, text);
    else if (kind.startsWith('\x89PNG')) await markPng(file, size, text);
    else if (kind.startsWith('RIFF')) await markWebp(file, size, text);
    else if (kind.startsWith('II') || kind.startsWith('MM')) await file.write(text, 0, text.length, size);
    else if (kind.startsWith('ftyp', 4) || kind.startsWith('JXL ', 4)) await markBoxes(file, size, text);
  } finally {
    await file.close();
  }
}

async function markPng(file: FileHandle, size: number, text: Buffer): Promise<void> {
  const end = await bytesAt(file, size - PNG_END.length, PNG_END.length);
  if (!end.equals(PNG_END)) return;
  const body = Buffer.concat([Buffer.from('tEXtEvenlight\0', 'latin1'), text]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  const added = Buffer.concat([chunk, PNG_END]);
  await file.write(added, 0, added.length, size - PNG_END.length);
}

async function markWebp(file: FileHandle, size: number, text: Buffer): Promise<void> {
  const padded = text.length % 2 === 1 ? Buffer.concat([text, Buffer.alloc(1)]) : text;
  const chunk = Buffer.concat([Buffer.from('EVLT', 'latin1'), uint32(text.length, 'LE'), padded]);
  await file.write(chunk, 0, chunk.length, size);
  await file.write(uint32(size + chunk.length - 8, 'LE'), 0, 4, 4);
}

async function markBoxes(file: FileHandle, size: number, text: Buffer): Promise<void> {
  const box = Buffer.concat([uint32(text.length + 8, 'BE'), Buffer.from('free', 'latin1'), text]);
  await file.write(box, 0, box.length, size);
}

/**
 * Behind the last of the segments that describe the picture, in front of the picture itself; an older mark goes. The index of
 * further pictures ("MPF") counts from itself, so the mark stands in front of it.
 */
async function markJpeg(path: string, text: Buffer): Promise<void> {
  const bytes = await readFile(systemPath(path));
  const kept: Buffer[] = [bytes.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff && isDescription(bytes[at + 1]!)) {
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    const segment = bytes.subarray(at, end);
    if (!isMark(segment)) kept.push(segment);
    at = end;
  }
  const comment = Buffer.concat([Buffer.of(0xff, 0xfe, (text.length + 2) >> 8, (text.length + 2) & 0xff), text]);
  const index = kept.findIndex((segment) => segment.subarray(4, 8).toString('latin1') === 'MPF\0');
  kept.splice(index === -1 ? kept.length : index, 0, comment);
  await writeFile(systemPath(path), [...kept, bytes.subarray(at)]);
}

async function markedComment(file: FileHandle): Promise<string | undefined> {
  for (let at = 2; ;) {
    const head = await bytesAt(file, at, 4);
    if (head.length < 4 || head[0] !== 0xff || !isDescription(head[1]!)) return undefined;
    const length = head.readUInt16BE(2);
    if (head[1] === 0xfe) {
      const segment = await bytesAt(file, at, length + 2);
      if (isMark(segment)) return segment.toString('latin1');
    }
    at += 2 + length;
  }
}

/** APP0 to APP15 and comments. */
function isDescription(marker: number): boolean {
  return (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;
}

function isMark(segment: Buffer): boolean {
  return segment[1] === 0xfe && segment.subarray(4, 4 + TEXT_START.length).toString('latin1') === TEXT_START;
}

function isJpeg(head: Buffer): boolean {
  return head[0] === 0xff && head[1] === 0xd8;
}

function uint32(value: number, order: 'LE' | 'BE'): Buffer {
  const bytes = Buffer.alloc(4);
  if (order === 'LE') bytes.writeUInt32LE(value);
  else bytes.writeUInt32BE(value);
  return bytes;
}

async function bytesAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.max(0, length));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, Math.max(0, offset));
  return bytes.subarray(0, bytesRead);
}
