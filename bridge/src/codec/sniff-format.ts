import { extname } from 'node:path';
import { BridgeError } from '../errors.ts';
import { PNG_SIGNATURE } from './png-container.ts';
import type { PhotoFormat } from './photo.ts';

const EXTENSIONS: Readonly<Record<string, PhotoFormat>> = {
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.jpe': 'jpeg',
  '.jfif': 'jpeg',
  '.png': 'png',
  '.tif': 'tiff',
  '.tiff': 'tiff',
  '.webp': 'webp',
};

/** Endings of cameras' raw files, most of which begin like a TIFF. */
const RAW_EXTENSIONS: ReadonlySet<string> = new Set([
  ...['.3fr', '.arw', '.cr2', '.cr3', '.crw', '.dng', '.erf', '.fff', '.iiq', '.kdc', '.mef', '.mos', '.mrw', '.nef'],
  ...['.nrw', '.orf', '.pef', '.raf', '.raw', '.rw2', '.rwl', '.sr2', '.srf', '.srw', '.x3f'],
]);

const SUPPORTED = 'JPEG, PNG, TIFF and WebP are supported';
/** As many bytes of a file's start as `sniffFormat` looks at. */
export const SNIFF_BYTES = 32;

/** The format that a file's ending promises, or undefined for other files. */
export function formatOfName(path: string): PhotoFormat | undefined {
  return EXTENSIONS[extname(path).toLowerCase()];
}

/** The ending that a written file gets when its format changes. */
export function extensionOf(format: PhotoFormat): string {
  return { jpeg: '.jpg', png: '.png', tiff: '.tif', webp: '.webp' }[format];
}

/**
 * The format of a file by its first bytes; its name only tells raw files from TIFF.
 *
 * @throws BridgeError `UNSUPPORTED_FORMAT`, with the name of what the file is where that is known
 */
export function sniffFormat(start: Uint8Array, path: string): PhotoFormat {
  const text = String.fromCharCode(...start.subarray(0, SNIFF_BYTES));
  const extension = extname(path).toLowerCase();
  const isTiff = /^(II[*+]\0|MM\0[*+])/.test(text);
  if (RAW_EXTENSIONS.has(extension) && !text.startsWith('\xff\xd8\xff')) {
    throw unsupported(`a camera raw file (${extension}): develop it to TIFF first`);
  }
  if (isTiff && text.startsWith('CR', 8)) throw unsupported('a camera raw file (Canon CR2): develop it to TIFF first');
  if (isTiff) return 'tiff';
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (PNG_SIGNATURE.every((byte, index) => start[index] === byte)) return 'png';
  if (text.startsWith('RIFF') && text.startsWith('WEBP', 8)) return 'webp';
  throw unsupported(otherFormat(text) ?? 'not a picture that can be read');
}

function otherFormat(text: string): string | undefined {
  if (text.startsWith('ftyp', 4)) {
    const brand = text.slice(8, 12);
    if (/^(heic|heix|heim|heis|hevc|hevx)/.test(brand)) return 'a HEIC photograph';
    if (/^(mif1|msf1)/.test(brand)) return 'a HEIF photograph';
    if (/^avi[fs]/.test(brand)) return 'an AVIF photograph';
    if (brand === 'crx ') return 'a camera raw file (Canon CR3): develop it to TIFF first';
    return 'a video';
  }
  const starts: readonly (readonly [string, string])[] = [
    ['GIF8', 'a GIF'],
    ['BM', 'a Windows bitmap'],
    ['8BPS', 'a Photoshop document: fix it with the panel, or save it as TIFF'],
    ['%PDF', 'a PDF'],
    ['\x76\x2f\x31\x01', 'an OpenEXR picture'],
    ['#?RADIANCE', 'a Radiance picture'],
    ['\0\0\0\x0cjP  ', 'a JPEG 2000 picture'],
    ['\xff\x0a', 'a JPEG XL picture'],
    ['\0\0\0\x0cJXL ', 'a JPEG XL picture'],
    ['FUJIFILM', 'a camera raw file (Fujifilm RAF): develop it to TIFF first'],
    ['IIU\0', 'a camera raw file (Panasonic RW2): develop it to TIFF first'],
    ['IIRO', 'a camera raw file (Olympus ORF): develop it to TIFF first'],
  ];
  return starts.find(([start]) => text.startsWith(start))?.[1];
}

function unsupported(what: string): BridgeError {
  return new BridgeError('UNSUPPORTED_FORMAT', `${what}; ${SUPPORTED}`);
}
