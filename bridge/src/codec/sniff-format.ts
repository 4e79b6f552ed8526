import { extname } from 'node:path';
import { BridgeError } from '../errors.ts';
import type { PhotoFormat, SourceFormat } from './photo.ts';
import type { PhotoReader } from './photo-codec.ts';
import { PHOTO_READERS, readerOf } from './photo-codecs.ts';

/** As many bytes of a file's start as `sniffFormat` looks at. */
export const SNIFF_BYTES = 32;

/** The format that a file's ending stands for, or undefined for other files. */
export function formatOfName(path: string): SourceFormat | undefined {
  const extension = extname(path).toLowerCase();
  return PHOTO_READERS.find(({ extensions }) => extensions.includes(extension))?.format;
}

/** The ending that a written file gets when its format changes. */
export function extensionOf(format: PhotoFormat): string {
  return readerOf(format).extensions[0];
}

/**
 * The reader of a file, chosen by its first bytes; the name is used only to tell camera raw files from TIFF. Each reader
 * recognises its own files, so that a format is added in one place; the package `file-type` would be a second list.
 *
 * @throws BridgeError `UNSUPPORTED_FORMAT`, with the name of what the file is where that is known
 */
export function sniffFormat(start: Uint8Array, path: string): PhotoReader {
  const text = String.fromCharCode(...start.subarray(0, SNIFF_BYTES));
  const extension = extname(path).toLowerCase();
  const reader = PHOTO_READERS.find((candidate) => candidate.recognises(text, extension));
  if (reader !== undefined) return reader;
  throw unsupported(otherFormat(text) ?? 'not a picture that can be read');
}

function otherFormat(text: string): string | undefined {
  if (text.startsWith('ftyp', 4)) {
    return 'a video';
  }
  const starts: readonly (readonly [string, string])[] = [
    ['GIF8', 'a GIF'],
    ['\x89PNG', 'a PNG whose first bytes are damaged, as by a transfer as text'],
    ['PNG', 'a PNG whose first bytes are damaged, as by a transfer as text'],
    ['BM', 'a Windows bitmap'],
    ['%PDF', 'a PDF'],
    ['\x76\x2f\x31\x01', 'an OpenEXR picture'],
    ['#?RADIANCE', 'a Radiance picture'],
    ['\0\0\0\x0cjP  ', 'a JPEG 2000 picture'],
  ];
  return starts.find(([start]) => text.startsWith(start))?.[1];
}

function unsupported(what: string): BridgeError {
  const names = PHOTO_READERS.map(({ name }) => name).join(', ');
  return new BridgeError('UNSUPPORTED_FORMAT', `${what}; supported are ${names}`);
}
