import { concatenate } from '@evenlight/models';
import type { ByteSource } from './byte-source.ts';

/* The segments of a JPEG file (ITU-T T.81 annex B), and where its picture ends. */

export const MARKER = {
  soi: 0xd8,
  eoi: 0xd9,
  sos: 0xda,
  dqt: 0xdb,
  app0: 0xe0,
  app1: 0xe1,
  app2: 0xe2,
  app13: 0xed,
  app14: 0xee,
  app15: 0xef,
  comment: 0xfe,
} as const;
export const MAX_PAYLOAD_BYTES = 65_533;

/** How many bytes of a file are searched at a time. */
const WINDOW_BYTES = 1 << 20;
/** Decoders skip stray bytes in front of a segment. With more of them than this, the file is not a JPEG. */
const MAX_STRAY_BYTES = 1 << 16;

export interface Segment {
  readonly marker: number;
  readonly payload: Uint8Array;
  /** Of the marker, in the file. */
  readonly offset: number;
}

export interface JpegSegments {
  /** Those before the first scan. */
  readonly segments: readonly Segment[];
  /** Where the first scan begins. */
  readonly scanOffset: number;
  /** Bytes between segments that belong to none. */
  readonly strayBytes: number;
}

/**
 * Reads the segments before the first scan.
 *
 * @throws RangeError where the bytes are no JPEG structure
 */
export async function readSegments(source: ByteSource): Promise<JpegSegments> {
  const start = await source.read(0, 2);
  if (start[0] !== 0xff || start[1] !== MARKER.soi) throw new RangeError('no JPEG start marker');
  const segments: Segment[] = [];
  let strayBytes = 0;
  let at = 2;
  for (;;) {
    const found = await nextMarker(source, at);
    if (found === undefined) throw new RangeError(`the file ends at byte ${source.sizeBytes}, before the first scan`);
    strayBytes += found.strayBytes;
    at = found.offset;
    if (found.marker === MARKER.sos) return { segments, scanOffset: at, strayBytes };
    if (found.marker === MARKER.eoi) throw new RangeError('the file has no scan');
    const head = await source.read(at + 2, 2);
    const length = head[0]! * 256 + head[1]!;
    const payload = await source.read(at + 4, length - 2);
    if (length < 2 || payload.length < length - 2) throw new RangeError(`segment at offset ${at} is cut off`);
    segments.push({ marker: found.marker, payload, offset: at });
    at += 2 + length;
  }
}

interface FoundMarker {
  readonly marker: number;
  readonly offset: number;
  readonly strayBytes: number;
}

/** The next marker that can stand before a scan; fill bytes (0xFF) do not count as stray. */
async function nextMarker(source: ByteSource, from: number): Promise<FoundMarker | undefined> {
  const near = await source.read(from, 2);
  if (near[0] === 0xff && isHeaderMarker(near[1])) return { marker: near[1]!, offset: from, strayBytes: 0 };
  const bytes = await source.read(from, MAX_STRAY_BYTES);
  let strayBytes = 0;
  for (let at = 0; at + 1 < bytes.length; at++) {
    if (bytes[at] === 0xff && isHeaderMarker(bytes[at + 1]))
      return { marker: bytes[at + 1]!, offset: from + at, strayBytes };
    if (bytes[at] !== 0xff) strayBytes++;
  }
  return undefined;
}

/** Not a stuffed zero, a restart, or a marker without a length. */
function isHeaderMarker(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0xc0 && byte !== 0xff && !(byte >= 0xd0 && byte <= 0xd8);
}

/**
 * Where the picture ends: the byte after its end marker, or `undefined` where there is none.
 *
 * @param scanOffset of the first scan
 */
export async function endOfPicture(source: ByteSource, scanOffset: number): Promise<number | undefined> {
  let at = scanOffset;
  for (;;) {
    const head = await source.read(at, 4);
    if (head.length < 2) return undefined;
    if (head[1] === MARKER.eoi) return at + 2;
    if (head.length < 4) return undefined;
    at = await endOfScan(source, at + 2 + head[2]! * 256 + head[3]!);
    if (at === -1) return undefined;
  }
}

/** The next marker after coded data, or after a segment between two scans. */
async function endOfScan(source: ByteSource, from: number): Promise<number> {
  for (let start = from; start < source.sizeBytes; start += WINDOW_BYTES) {
    // One byte more, so that a marker across two windows is seen.
    const bytes = await source.read(start, WINDOW_BYTES + 1);
    let at = bytes.indexOf(0xff);
    while (at !== -1 && at + 1 < bytes.length) {
      const next = bytes[at + 1]!;
      if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return start + at;
      at = bytes.indexOf(0xff, at + 1);
    }
  }
  return -1;
}

export function writeSegment({ marker, payload }: Pick<Segment, 'marker' | 'payload'>): Uint8Array {
  const length = payload.length + 2;
  return concatenate([Uint8Array.of(0xff, marker, length >> 8, length & 0xff), payload]);
}
