import { concatenate, type Orientation, orientationOf } from '@evenlight/models';
import { exifOrientation } from './exif-orientation.ts';
import type { LocalPhoto } from './local-photo.ts';

/** A marker segment of a JPEG file: from its 0xFF up to the next one. */
interface RawSegment {
  readonly marker: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const [SOS, APP1, APP2, APP13, COMMENT] = [0xda, 0xe1, 0xe2, 0xed, 0xfe];
/** Baseline, extended and progressive with Huffman codes: what browsers read. */
const FRAMES = [0xc0, 0xc1, 0xc2];
const PAYLOAD_AT = 4;

/** Marks in the header of files with more data behind the picture: only the bridge keeps that data. */
const TRAILERS = ['MPF\0', 'hdrgm', 'MotionPhoto', 'MicroVideo', 'GContainer'];

/**
 * Reads the header of a JPEG file.
 *
 * @returns undefined if the browser would lose something: colours other than RGB, other depths, data behind the picture
 */
export function readJpeg(bytes: Uint8Array<ArrayBuffer>): LocalPhoto | undefined {
  const head = headOf(bytes);
  if (head === undefined) return undefined;
  const { segments, scan } = head;
  const frame = segments.find(({ marker }) => FRAMES.includes(marker))?.bytes;
  const isPlain = frame !== undefined && frame[PAYLOAD_AT] === 8 && frame[PAYLOAD_AT + 5] === 3;
  const kept = segments.filter(({ marker }) => [APP1, APP2, APP13, COMMENT].includes(marker));
  if (!isPlain || kept.some(hasTrailer)) return undefined;
  const bare = segments.filter((segment) => !kept.includes(segment)).map((segment) => segment.bytes);
  const icc = iccProfile(kept);
  return {
    type: 'image/jpeg',
    bare: new Blob([SOI, ...bare, scan]),
    ...(icc === undefined ? {} : { icc }),
    orientation: orientation(kept),
    rebuild: (encoded) => rebuild(encoded, kept),
  };
}

const SOI = Uint8Array.of(0xff, 0xd8);

function headOf(bytes: Uint8Array<ArrayBuffer>): { segments: RawSegment[]; scan: Uint8Array<ArrayBuffer> } | undefined {
  const segments: RawSegment[] = [];
  for (let at = 2; at + PAYLOAD_AT <= bytes.length;) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff) return undefined;
    if (marker === SOS) return { segments, scan: bytes.subarray(at) };
    // Fill bytes may stand before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = 2 + bytes[at + 2]! * 256 + bytes[at + 3]!;
    segments.push({ marker, bytes: bytes.subarray(at, at + length) });
    at += length;
  }
  return undefined;
}

function startsWith({ bytes }: RawSegment, text: string): boolean {
  return String.fromCharCode(...bytes.subarray(PAYLOAD_AT, PAYLOAD_AT + text.length)) === text;
}

function hasTrailer(segment: RawSegment): boolean {
  if (startsWith(segment, 'MPF\0')) return true;
  if (segment.marker !== APP1 || !startsWith(segment, 'http')) return false;
  const text = new TextDecoder('latin1').decode(segment.bytes);
  return TRAILERS.some((trailer) => text.includes(trailer));
}

function orientation(segments: readonly RawSegment[]): Orientation {
  const exif = segments.find((segment) => segment.marker === APP1 && startsWith(segment, 'Exif\0\0'));
  return orientationOf(exif === undefined ? 1 : exifOrientation(exif.bytes.subarray(PAYLOAD_AT + 6)));
}

/** A profile comes in numbered pieces: "ICC_PROFILE", 0, number, count. */
function iccProfile(segments: readonly RawSegment[]): Uint8Array<ArrayBuffer> | undefined {
  const name = 'ICC_PROFILE\0';
  const pieces = segments
    .filter((segment) => segment.marker === APP2 && startsWith(segment, name))
    .sort((left, right) => left.bytes[PAYLOAD_AT + name.length]! - right.bytes[PAYLOAD_AT + name.length]!)
    .map(({ bytes }) => bytes.subarray(PAYLOAD_AT + name.length + 2));
  return pieces.length === 0 ? undefined : concatenate(pieces);
}

/** The browser's picture with the original's metadata and profile. */
function rebuild(encoded: Uint8Array<ArrayBuffer>, kept: readonly RawSegment[]): Blob {
  const head = headOf(encoded);
  if (head === undefined) throw new Error('the browser wrote no JPEG');
  const own = head.segments.filter(({ marker }) => marker !== APP1 && marker !== APP2);
  return new Blob([SOI, ...kept.map(({ bytes }) => bytes), ...own.map(({ bytes }) => bytes), head.scan], {
    type: 'image/jpeg',
  });
}
