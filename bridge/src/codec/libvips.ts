import { createRequire } from 'node:module';
import type { default as Libvips, Sharp, SharpInput, SharpOptions } from 'sharp';

/** Photographs larger than this are refused: 500 megapixels. */
export const MAX_PHOTO_PIXELS = 500_000_000;

/** Decoded pixels must fit into one buffer of Node 20 and into one classic TIFF file. */
export const MAX_PHOTO_BYTES = 4_000_000_000;

/** The start of a pipeline of libvips: see sharp. Without `input` the options say what to create. */
export function sharp(input: SharpInput | undefined, options?: SharpOptions): Sharp {
  libvips ??= loadLibvips();
  // sharp takes `undefined` for an input of an unknown kind.
  return input === undefined ? libvips(options) : libvips(input, options);
}

let libvips: typeof Libvips | undefined;

/**
 * libvips through sharp, loaded with the first picture (its library takes 50 ms), and set up for files that are read once: no
 * cache of files and operations (it would keep pixels in memory, and on Windows keep files open), and one thread per operation,
 * because every pixel is only decoded or encoded here.
 */
function loadLibvips(): typeof Libvips {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- what sharp exports is typed by its own package
  const loaded = createRequire(import.meta.url)('sharp') as typeof Libvips;
  loaded.cache(false);
  loaded.concurrency(1);
  return loaded;
}
