import type { WrittenPhoto } from '../fix/file-picture.ts';

/** What results are called in a `Content-Type`. */
export const MEDIA_TYPES: Readonly<Record<WrittenPhoto['format'], string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  tiff: 'image/tiff',
  webp: 'image/webp',
  avif: 'image/avif',
  psd: 'image/vnd.adobe.photoshop',
  cube: 'text/plain; charset=utf-8',
  xmp: 'application/rdf+xml',
};
