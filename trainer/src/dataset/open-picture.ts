import sharp, { type Sharp } from 'sharp';
import { decodeRaw, isRaw } from './raw-decoder.ts';

/**
 * Opens a picture of any format that is read, camera raw files too, as a pipeline to upright sRGB without alpha.
 * `isSmall` says that far fewer pixels are wanted than the file has.
 */
export async function openPicture(file: string, { isSmall = false } = {}): Promise<Sharp> {
  const source = isRaw(file) ? await decodeRaw(file, { isHalfSize: isSmall }) : file;
  const picture = sharp(source, { failOn: 'truncated', limitInputPixels: false })
    .rotate()
    .toColourspace('srgb')
    .removeAlpha();
  // sharp works on 16-bit pictures with a profile in Display P3 and would hand that out for sRGB.
  const { depth, icc } = await sharp(source, { limitInputPixels: false }).metadata();
  return depth === 'ushort' && icc !== undefined ? picture.withIccProfile('srgb') : picture;
}
