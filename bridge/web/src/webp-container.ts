import type { LocalPhoto } from './local-photo.ts';

/** @returns undefined for all but the simplest form: one lossy picture without profile, metadata and alpha */
export function readWebp(bytes: Uint8Array<ArrayBuffer>): LocalPhoto | undefined {
  const form = String.fromCharCode(...bytes.subarray(8, 16));
  if (form !== 'WEBPVP8 ') return undefined;
  const type = 'image/webp';
  return { type, bare: new Blob([bytes]), orientation: 1, rebuild: (encoded) => new Blob([encoded], { type }) };
}
