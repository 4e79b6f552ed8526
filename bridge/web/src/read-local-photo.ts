import { readJpeg } from './jpeg-container.ts';
import type { LocalPhoto } from './local-photo.ts';
import { readPng } from './png-container.ts';
import { readWebp } from './webp-container.ts';

/** @returns undefined if the bridge must read and write the file */
export async function readLocalPhoto(file: Blob): Promise<LocalPhoto | undefined> {
  const start = new Uint8Array(await file.slice(0, 12).arrayBuffer());
  const reader = [
    { magic: [0xff, 0xd8, 0xff], read: readJpeg },
    { magic: [0x89, 0x50, 0x4e, 0x47], read: readPng },
    { magic: [0x52, 0x49, 0x46, 0x46], read: readWebp },
  ].find(({ magic }) => magic.every((byte, index) => start[index] === byte));
  return reader?.read(new Uint8Array(await file.arrayBuffer()));
}
