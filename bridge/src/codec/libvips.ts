import sharp from 'sharp';

/*
 * libvips through sharp, set up for files that are read once: no cache of files and operations (it would hold on to pixels,
 * and on Windows to open files), and one thread an operation, because every pixel is only decoded or encoded here.
 */
sharp.cache(false);
sharp.concurrency(1);

/** Photographs larger than this are refused: 500 megapixels. */
export const MAX_PHOTO_PIXELS = 500_000_000;

/** Decoded pixels must fit into one buffer of Node 20 and into one classic TIFF file. */
export const MAX_PHOTO_BYTES = 4_000_000_000;

export { sharp };
