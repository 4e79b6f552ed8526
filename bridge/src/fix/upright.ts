import type { PixelArray } from '@evenlight/models';
import type { Photo } from '../codec/photo.ts';

/** Where the pixel at (x, y) of the upright picture stands in the stored one, by EXIF orientation (Exif 2.32, tag 274). */
const SOURCES: Readonly<
  Record<number, (x: number, y: number, width: number, height: number) => readonly [number, number]>
> = {
  2: (x, y, width) => [width - 1 - x, y],
  3: (x, y, width, height) => [width - 1 - x, height - 1 - y],
  4: (x, y, _, height) => [x, height - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y, _, height) => [y, height - 1 - x],
  7: (x, y, width, height) => [width - 1 - y, height - 1 - x],
  8: (x, y, width) => [width - 1 - y, x],
};

/** A photograph whose pixels stand upright, with an orientation that says so. */
export function upright(photo: Photo): Photo {
  const { image, metadata } = photo;
  const source = SOURCES[metadata.orientation];
  if (source === undefined) return photo;
  const { width, height, channels, pixels } = image;
  const [turnedWidth, turnedHeight] = metadata.orientation >= 5 ? [height, width] : [width, height];
  const { turned, headroomBytes } = emptyLike(pixels, photo.headroomBytes);
  for (let y = 0; y < turnedHeight; y++) {
    for (let x = 0; x < turnedWidth; x++) {
      const [fromX, fromY] = source(x, y, width, height);
      const from = (fromY * width + fromX) * channels;
      const to = (y * turnedWidth + x) * channels;
      for (let channel = 0; channel < channels; channel++) turned[to + channel] = pixels[from + channel]!;
    }
  }
  return {
    ...photo,
    headroomBytes,
    image: { ...image, width: turnedWidth, height: turnedHeight, pixels: turned, rowStride: turnedWidth * channels },
    metadata: {
      ...metadata,
      ...(metadata.exif && { exif: uprightExif(metadata.exif) }),
      ...(metadata.xmp && { xmp: uprightXmp(metadata.xmp) }),
      orientation: 1,
    },
  };
}

/** Samples of the same kind, with the same room in front of them. */
function emptyLike(pixels: PixelArray, headroomBytes: number): { turned: PixelArray; headroomBytes: number } {
  const buffer = new ArrayBuffer(headroomBytes + pixels.byteLength);
  if (pixels instanceof Float32Array) {
    return { turned: new Float32Array(buffer, headroomBytes, pixels.length), headroomBytes };
  }
  if (pixels instanceof Uint16Array) {
    return { turned: new Uint16Array(buffer, headroomBytes, pixels.length), headroomBytes };
  }
  return { turned: new Uint8Array(buffer, headroomBytes, pixels.length), headroomBytes };
}

const ORIENTATION = 274;
const ENTRY_BYTES = 12;

/** The EXIF block with orientation 1 in its first directory. */
function uprightExif(exif: Uint8Array): Uint8Array {
  const copy = exif.slice();
  const view = new DataView(copy.buffer, copy.byteOffset, copy.byteLength);
  const isLittle = copy[0] === 0x49;
  const directory = view.getUint32(4, isLittle);
  const count = view.getUint16(directory, isLittle);
  for (let entry = directory + 2; entry < directory + 2 + count * ENTRY_BYTES; entry += ENTRY_BYTES) {
    if (view.getUint16(entry, isLittle) === ORIENTATION) view.setUint16(entry + 8, 1, isLittle);
  }
  return copy;
}

function uprightXmp(xmp: Uint8Array): Uint8Array {
  const text = Buffer.from(xmp).toString('latin1');
  return Buffer.from(text.replaceAll(/(tiff:Orientation(?:="|>))[2-8](?=["<])/g, '$11'), 'latin1');
}
