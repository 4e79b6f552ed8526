import { joinXmp } from './extended-xmp.ts';
import { startsWith } from './latin1.ts';
import type { PhotoFormat, PhotoMetadata } from './photo.ts';
import { EXIF_TAGS } from './tiff-container.ts';

/* Converts a photograph's metadata to another format and reports what is lost. */

/** Metadata for a file of another format, and a sentence for each thing that it will not hold. */
export function metadataForOtherFormat(metadata: PhotoMetadata, target: PhotoFormat, losses: string[]): PhotoMetadata {
  const { extendedXmp, native } = metadata;
  const hasTrailer = 'trailer' in native;
  if (hasTrailer) {
    losses.push(
      `what follows the picture in the file (a video, an HDR gain map, a program's trailer) has no place in ${target}`,
    );
  }
  const only = ownKinds(metadata);
  if (only.length > 0) losses.push(`${target} has no place for ${only.join(', ')}`);
  let { xmp } = metadata;
  if (xmp !== undefined && extendedXmp !== undefined) xmp = joinXmp(xmp, extendedXmp);
  if (xmp !== undefined && hasTrailer) xmp = withoutTrailerClaims(xmp);
  const { extendedXmp: _joined, xmp: _old, ...rest } = metadata;
  return { ...rest, ...(xmp && { xmp }) };
}

/** XMP properties that announce data behind the picture. */
const CLAIMS = /\s+(?:GCamera|hdrgm|HDRGainMap):\w+\s*=\s*(?:"[^"]*"|'[^']*')/g;
const CLAIM_ELEMENTS = /<((?:GCamera|hdrgm|HDRGainMap):\w+|(?:G?Container):Directory)\b[^>]*?(?:\/>|>[\s\S]*?<\/\1>)/g;

function withoutTrailerClaims(xmp: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(xmp).replace(CLAIM_ELEMENTS, '').replace(CLAIMS, '');
  return new TextEncoder().encode(text);
}

/** Names of what only the file's own format can hold. */
function ownKinds({ native }: PhotoMetadata): string[] {
  switch (native.format) {
    case 'jpeg':
      return unique(native.blocks.map(jpegKind));
    case 'png':
      return unique(native.blocks.map(pngKind));
    case 'webp':
      return unique(native.blocks.map(webpKind));
    case 'tiff':
      return unique(
        native.entries.map(({ tag }) => (EXIF_TAGS.has(tag) || TRAVELLING_TAGS.has(tag) ? undefined : `tag ${tag}`)),
      );
    case 'psd':
    case 'none':
      return [];
  }
}

function unique(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))];
}

const JPEG_CARRIED = ['Exif\0', 'http://ns.adobe.com/', 'ICC_PROFILE\0', 'Photoshop 3.0\0', 'MPF\0'];

function jpegKind(block: Uint8Array): string | undefined {
  const payload = block.subarray(4);
  if (JPEG_CARRIED.some((mark) => startsWith(payload, mark))) return undefined;
  const marker = block[1]!;
  if (marker === 0xfe) return 'the comment';
  if (marker === 0xe0 && startsWith(payload.subarray(6), 'HEAPJPGM')) return 'Canon CIFF data';
  const name = /^[\w .:/-]{2,20}/.exec(String.fromCharCode(...payload.subarray(0, 20)))?.[0];
  return `segment APP${marker - 0xe0}${name === undefined ? '' : ` (${name})`}`;
}

const PNG_CARRIED = /^(iCCP|sRGB|gAMA|cHRM|cICP|pHYs|eXIf|tIME)$/;

function pngKind(block: Uint8Array): string | undefined {
  const type = String.fromCharCode(...block.subarray(4, 8));
  if (PNG_CARRIED.test(type)) return undefined;
  if (!/^(tEXt|zTXt|iTXt)$/.test(type)) return `chunk ${type}`;
  const keyword = String.fromCharCode(...block.subarray(8, Math.min(block.indexOf(0, 8), 88)));
  return /^(XML:com\.adobe\.xmp|Raw profile type (8bim|iptc))$/.test(keyword) ? undefined : `the text "${keyword}"`;
}

function webpKind(block: Uint8Array): string | undefined {
  const type = String.fromCharCode(...block.subarray(0, 4));
  return /^(ICCP|EXIF|XMP )$/.test(type) ? undefined : `chunk ${type}`;
}

/** Tags whose content other formats store as profile, XMP or IPTC instead of EXIF. */
const TRAVELLING_TAGS: ReadonlySet<number> = new Set([700, 33723, 34377, 34675]);
