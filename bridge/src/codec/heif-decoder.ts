import type { HeifChannel, HeifError, LibHeif } from 'libheif-js/wasm-bundle.js';
import { checkPictureSize, type StoredPicture } from './stored-picture.ts';

/*
 * HEIC pixels through libheif in WebAssembly (LGPL-3.0, unmodified, replaceable in node_modules): sharp's libvips comes without a
 * decoder for HEVC, whose patents cost fees. The low-level functions are used, because the convenient ones return 8 bits only and
 * print errors to standard output.
 */

/**
 * Decodes a file's primary picture, turned upright.
 *
 * @param bits of a sample, as the file says
 * @throws RangeError where it cannot be decoded
 */
export async function decodeHeif(bytes: Uint8Array, bits: number): Promise<StoredPicture> {
  // Loaded with the first file: 2 MB of WebAssembly.
  const { default: libheif } = await import('libheif-js/wasm-bundle.js');
  const context = libheif.heif_context_alloc();
  try {
    const read = libheif.heif_context_read_from_memory(context, bytes);
    if (read.code !== libheif.heif_error_code.heif_error_Ok) throw new RangeError(read.message);
    const handle = libheif.heif_js_context_get_primary_image_handle(context);
    if (isError(handle)) throw new RangeError(handle.message);
    try {
      return await decodeHandle(libheif, handle, bits);
    } finally {
      libheif.heif_image_handle_release(handle);
    }
  } finally {
    libheif.heif_context_free(context);
  }
}

async function decodeHandle(libheif: LibHeif, handle: object, bits: number): Promise<StoredPicture> {
  const isDeep = bits > 8;
  const [width, height] = [libheif.heif_image_handle_get_width(handle), libheif.heif_image_handle_get_height(handle)];
  checkPictureSize(width, height, 4, isDeep ? 2 : 1);
  const { heif_chroma_interleaved_RGBA, heif_chroma_interleaved_RRGGBBAA_LE } = libheif.heif_chroma;
  const chroma = isDeep ? heif_chroma_interleaved_RRGGBBAA_LE : heif_chroma_interleaved_RGBA;
  const decoded = await libheif.heif_js_decode_image2(handle, libheif.heif_colorspace.heif_colorspace_RGB, chroma);
  if (isError(decoded)) throw new RangeError(decoded.message);
  try {
    const channel = decoded.channels[0];
    if (channel === undefined) throw new RangeError('its pixels cannot be decoded');
    return pictureOf(channel, { width, height, bits });
  } finally {
    libheif.heif_image_release(decoded.image);
  }
}

function pictureOf(
  { data, stride }: HeifChannel,
  { width, height, bits }: { width: number; height: number; bits: number },
): StoredPicture {
  const isDeep = bits > 8;
  const max = 2 ** bits - 1;
  const sample = isDeep
    ? (at: number): number => Math.round(((data[at]! | (data[at + 1]! << 8)) * 65_535) / max)
    : (at: number): number => data[at]!;
  const bytes = isDeep ? 2 : 1;
  const full = isDeep ? 65_535 : 255;
  let hasAlpha = false;
  for (let y = 0; y < height && !hasAlpha; y++) {
    for (let x = 0; x < width && !hasAlpha; x++) hasAlpha = sample(y * stride + (x * 4 + 3) * bytes) !== full;
  }
  const channels = hasAlpha ? 4 : 3;
  const pixels = isDeep ? new Uint16Array(width * height * channels) : new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * channels;
      for (let c = 0; c < channels; c++) pixels[to + c] = sample(y * stride + (x * 4 + c) * bytes);
    }
  }
  return { width, height, model: 'rgb', hasAlpha, format: isDeep ? 'uint16' : 'uint8', pixels };
}

function isError(value: object): value is HeifError {
  return 'code' in value;
}
