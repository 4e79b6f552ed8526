import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { messageOf } from '@evenlight/models';
import type * as JxlOxide from 'jxl-oxide-wasm';
import { exifEntries, exifFacts } from '../exif.ts';
import type { PhotoMetadata } from '../photo.ts';
import type { PhotoReader, DecodedFile } from '../photo-codec.ts';
import { readWithSharp } from '../sharp-pixels.ts';
import { uprightMetadata } from '../upright-metadata.ts';
import type { StoredPicture } from '../stored-picture.ts';
import { BridgeError } from '../../errors.ts';

/*
 * JPEG XL through jxl-oxide in WebAssembly, which gives a PNG of 8 or 16 bits and the profile; no maintained library writes the
 * format. Metadata are in boxes around the picture (ISO/IEC 18181-2), compressed with Brotli or bare.
 */

export const jxlReader: PhotoReader = {
  format: 'jxl',
  name: 'JPEG XL',
  extensions: ['.jxl'],
  writtenAs: 'png',
  recognises: (start) => start.startsWith('\xff\x0a') || start.startsWith('\0\0\0\x0cJXL '),
  async read({ source }): Promise<DecodedFile> {
    const bytes = await source.read(0, source.sizeBytes);
    const { png, icc } = await decode(bytes);
    const { picture } = await readWithSharp(png, 'jpeg xl');
    const metadata = await metadataOf(bytes, icc, picture);
    return { picture, container: { metadata, compression: { format: 'jxl' }, warnings: [], losses: [] } };
  },
};

type Decoder = typeof JxlOxide;

let decoder: Promise<Decoder> | undefined;

/** Loaded with the first file: 1.8 MB of WebAssembly. */
async function loadDecoder(): Promise<Decoder> {
  const loaded = await import('jxl-oxide-wasm');
  const folder = dirname(createRequire(import.meta.url).resolve('jxl-oxide-wasm/package.json'));
  await loaded.default({ module_or_path: await readFile(join(folder, 'jxl_oxide_wasm_bg.wasm')) });
  return loaded;
}

async function decode(bytes: Uint8Array): Promise<{ png: Uint8Array; icc: Uint8Array }> {
  decoder ??= loadDecoder();
  const { JxlImage } = await decoder;
  const image = new JxlImage();
  try {
    image.feedBytes(bytes);
    if (!image.tryInit() || !image.loaded) throw new RangeError('the file ends before its picture does');
    if (image.animated === true) {
      throw new BridgeError(
        'UNSUPPORTED_FORMAT',
        'an animated JPEG XL: save the picture you want as a file of its own',
      );
    }
    const result = image.render();
    const icc = result.iccProfile;
    // `encodeToPng` also frees the result.
    return { png: result.encodeToPng(), icc };
  } catch (error) {
    if (error instanceof BridgeError || error instanceof RangeError) throw error;
    throw new RangeError(messageOf(error), { cause: error });
  } finally {
    image.free();
  }
}

async function metadataOf(bytes: Uint8Array, icc: Uint8Array, size: StoredPicture): Promise<PhotoMetadata> {
  const boxes = boxesOf(bytes);
  const exifBox = boxes.get('Exif');
  // Four bytes say where in the box the block begins.
  const start = exifBox === undefined ? 0 : 4 + new DataView(exifBox.buffer, exifBox.byteOffset).getUint32(0);
  const exif = exifBox === undefined ? undefined : exifBox.subarray(start);
  const xmp = boxes.get('xml ');
  const upright = uprightMetadata({ ...(exif && { exif }), ...(xmp && { xmp }) }, size);
  return {
    ...(icc.length > 0 && { icc }),
    ...upright,
    ...exifFacts(await exifEntries(upright.exif)),
    native: { format: 'none' },
  };
}

function boxesOf(bytes: Uint8Array): Map<string, Uint8Array> {
  const boxes = new Map<string, Uint8Array>();
  const fields = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.length && bytes[0] === 0;) {
    const size = fields.getUint32(at);
    const isLong = size === 1 && at + 16 <= bytes.length;
    const length = isLong ? Number(fields.getBigUint64(at + 8)) : size === 0 ? bytes.length - at : size;
    if (length < 8 || at + length > bytes.length) break;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const content = bytes.subarray(at + (isLong ? 16 : 8), at + length);
    if (type === 'brob')
      boxes.set(
        String.fromCharCode(...content.subarray(0, 4)),
        new Uint8Array(brotliDecompressSync(content.subarray(4))),
      );
    else boxes.set(type, content);
    at += length;
  }
  return boxes;
}
