import { channelCount, colourCount, type StoredPicture } from '../stored-picture.ts';
import type { PsdHeader } from './psd-file.ts';

/*
 * Converts between Photoshop's planes (big endian, inks inverted) and interleaved pixels. If the flattened picture has
 * transparency, its colours are blended with white.
 */

export function pictureOf(
  { width, height, bits, model }: PsdHeader,
  planes: readonly Uint8Array[],
  hasAlpha: boolean,
): StoredPicture {
  const channels = channelCount({ model, hasAlpha });
  const count = width * height;
  const pixels = samplesFor(bits, count * channels);
  const full = fullOf(pixels);
  for (let channel = 0; channel < channels; channel++) {
    const plane = planes[channel];
    if (plane === undefined) throw new RangeError(`${planes.length} channels, needs ${channels}`);
    const fields = new DataView(plane.buffer, plane.byteOffset, plane.byteLength);
    const isInk = model === 'cmyk' && channel < 4;
    for (let index = 0; index < count; index++) {
      const value =
        bits === 8 ? plane[index]! : bits === 16 ? fields.getUint16(2 * index) : fields.getFloat32(4 * index);
      pixels[index * channels + channel] = isInk ? full - value : value;
    }
  }
  if (hasAlpha) withoutWhite(pixels, channels, full);
  return { width, height, model, hasAlpha, format: bits === 8 ? 'uint8' : bits === 16 ? 'uint16' : 'float32', pixels };
}

/** The colours alone, and the alpha channel if there is one, as planes. `onWhite`: as the flattened picture has them. */
export function planesOf(picture: StoredPicture, onWhite: boolean): Uint8Array[] {
  const { model, pixels, width, height } = picture;
  const channels = channelCount(picture);
  const colours = colourCount(model);
  const full = fullOf(pixels);
  return Array.from({ length: channels }, (_, channel) => {
    const plane = new Uint8Array(width * height * pixels.BYTES_PER_ELEMENT);
    const fields = new DataView(plane.buffer);
    for (let index = 0; index < width * height; index++) {
      let value = pixels[index * channels + channel]!;
      if (onWhite && picture.hasAlpha && channel < colours) {
        value = full + ((value - full) * pixels[index * channels + colours]!) / full;
      }
      if (model === 'cmyk' && channel < 4) value = full - value;
      if (pixels instanceof Uint8Array) plane[index] = Math.round(value);
      else if (pixels instanceof Uint16Array) fields.setUint16(2 * index, Math.round(value));
      else fields.setFloat32(4 * index, value);
    }
    return plane;
  });
}

function withoutWhite(pixels: StoredPicture['pixels'], channels: number, full: number): void {
  for (let at = 0; at < pixels.length; at += channels) {
    const alpha = pixels[at + channels - 1]! / full;
    if (alpha <= 0 || alpha >= 1) continue;
    for (let channel = at; channel < at + channels - 1; channel++) {
      const value = full + (pixels[channel]! - full) / alpha;
      pixels[channel] = full === 1 ? value : Math.max(0, Math.min(full, Math.round(value)));
    }
  }
}

function samplesFor(bits: PsdHeader['bits'], length: number): StoredPicture['pixels'] {
  if (bits === 8) return new Uint8Array(length);
  return bits === 16 ? new Uint16Array(length) : new Float32Array(length);
}

function fullOf(pixels: StoredPicture['pixels']): number {
  return pixels instanceof Float32Array ? 1 : pixels instanceof Uint8Array ? 255 : 65_535;
}
