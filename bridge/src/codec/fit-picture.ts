import { type ColorSpace, colorSpaces, createTransferFunction, type PixelImage } from '@evenlight/models';
import { WORKING_SPACE } from './colours/lab-rgb.ts';
import { writeProfile } from './colours/write-profile.ts';
import { flattenOnWhite, toEightBit, toSixteenBit } from './convert-samples.ts';
import type { Photo } from './photo.ts';
import type { PhotoWriter } from './photo-codec.ts';
import { fromWorkingRgb } from './stored-colours.ts';
import type { StoredPicture } from './stored-picture.ts';

/** A picture as a format can hold it. */
export interface FittedPicture {
  readonly picture: StoredPicture;
  /** The profile to store with it, if it is not the photograph's own. */
  readonly icc?: Uint8Array;
}

/** Converts a photograph's pixels to the colours, depth and channels of a format; reports what that loses. */
export async function fitPicture(photo: Photo, writer: PhotoWriter, warnings: string[]): Promise<FittedPicture> {
  const { stored, metadata } = photo;
  const isConverted = stored?.model === 'cmyk' || stored?.model === 'lab';
  if (stored !== undefined && isConverted && writer.models.includes(stored.model)) {
    const format = writer.depths.includes(stored.format) ? stored.format : 'uint8';
    if (format !== stored.format) warnings.push(`${writer.format} holds 8 of the 16 bits`);
    const image = writer.hasAlpha ? photo.image : withoutAlpha(photo.image, writer, warnings);
    return { picture: await fromWorkingRgb(image, { model: stored.model, format }, metadata.icc) };
  }
  if (isConverted) warnings.push(`${writer.format} holds no ${photo.colorSpaceName}: written as ${WORKING_SPACE.name}`);
  const { image, isEncoded } = ofDepth(photo, writer, warnings);
  const flat = writer.hasAlpha ? image : withoutAlpha(image, writer, warnings);
  const isSame = !isConverted && !isEncoded && !(photo.isSpaceImplied && writer.format !== photo.compression.format);
  const { width, height, channels, pixels } = flat;
  const picture: StoredPicture = {
    width,
    height,
    model: channels <= 2 ? 'gray' : 'rgb',
    hasAlpha: channels % 2 === 0,
    format: flat.format === 'uint15' ? 'uint16' : flat.format,
    pixels: pixels instanceof Uint8ClampedArray ? new Uint8Array(pixels.buffer) : pixels,
  };
  return isSame ? { picture } : { picture, icc: writeProfile(image.colorSpace) };
}

function ofDepth(photo: Photo, writer: PhotoWriter, warnings: string[]): { image: PixelImage; isEncoded: boolean } {
  let { image } = photo;
  let isEncoded = false;
  const wanted = photo.stored?.format ?? image.format;
  if (image.format === 'float32' && (wanted !== 'float32' || !writer.depths.includes('float32'))) {
    const space = encodedSpace(image.colorSpace);
    isEncoded = space !== image.colorSpace;
    if (wanted === 'float32') warnings.push(`${writer.format} holds 16 of the 32 bits, and nothing beyond white`);
    image = toSixteenBit(image, space);
  }
  if (image.format === 'uint16' && !writer.depths.includes('uint16')) {
    warnings.push(`${writer.format} holds 8 of the 16 bits`);
    image = toEightBit(image);
  }
  return { image, isEncoded };
}

/** Integers need a curve: 16 linear bits are too few for shadows. */
function encodedSpace(space: ColorSpace): ColorSpace {
  if (!space.transfer.isLinear || space.channelTransfers !== undefined) return space;
  const transfer = createTransferFunction(colorSpaces.srgb.transfer.curve);
  return { ...space, name: space.name.replace(/ \(Linear.*\)$/, ''), transfer };
}

function withoutAlpha(image: PixelImage, writer: PhotoWriter, warnings: string[]): PixelImage {
  if (image.channels === 1 || image.channels === 3) return image;
  warnings.push(`${writer.format} has no transparency: laid on white`);
  return flattenOnWhite(image);
}
