/*
 * Where things lie in the kernel's memory. The host fills the tables and hands over addresses above DYNAMIC for what depends on the
 * picture: the grid, the row of the grid, the pixels. All sizes are those of models/src/apply.
 */

/** Pixels that one call works on at most: their planes stay in the first-level cache. */
export const CHUNK: i32 = 1024;

/** Room for four floats, for the rare lanes that are computed one by one. */
export const SCRATCH: usize = 64;
/** Nine floats each, row-major. */
export const READ_MATRIX: usize = 128;
export const WRITE_MATRIX: usize = 192;

/** Red, green and blue of a chunk, a plane each. Not a multiple of 4096 apart: stores and loads would get in each other's way. */
export const PLANES: usize = 1024;
export const PLANE_STRIDE: usize = 4224;

/** What slicing knows of so many pixels: the shares and addresses of each, and its colours as `[r, g, b, 1]`. */
export const BLOCK: i32 = 64;
export const BLOCK_X: usize = 13760;
export const BLOCK_Z: usize = 14016;
export const BLOCK_CELLS: usize = 14272;
export const BLOCK_COLORS: usize = 14528;

export const SRGB_ENCODE: usize = 18432;
export const SRGB_DECODE: usize = 34880;
export const ENCODE_POWER: usize = 67712;
export const DECODE_POWER: usize = 76992;
export const GUIDE: usize = 86272;
export const BIAS: usize = 102720;

/** Of red, green and blue: the document's curve, and its beginning. */
export const ENCODE_MAIN: usize = 151936;
export const ENCODE_MAIN_STRIDE: usize = 16448;
export const ENCODE_DARK: usize = 201280;
export const ENCODE_DARK_STRIDE: usize = 13760;

/** Linear light by code, of red, green and blue. */
export const CODES: usize = 262144;
export const CODES_STRIDE: usize = 262144;

/** From here on the host decides. */
export const DYNAMIC: usize = 1048576;
