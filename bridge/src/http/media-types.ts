import { PHOTO_MEDIA_TYPES } from '../codec/photo.ts';
import type { WrittenPhoto } from '../fix/file-picture.ts';

/** What results are called in a `Content-Type`. */
export const MEDIA_TYPES: Readonly<Record<WrittenPhoto['format'], string>> = {
  ...PHOTO_MEDIA_TYPES,
  cube: 'text/plain; charset=utf-8',
  xmp: 'application/rdf+xml',
};
