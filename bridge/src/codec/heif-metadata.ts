import type { Metadata } from 'sharp';
import { BridgeError } from '../errors.ts';
import type { ByteSource } from './byte-source.ts';
import { codePointSpace, highDynamicRange } from './code-points.ts';
import { exifEntries, exifFacts } from './exif.ts';
import { heifFacts } from './heif-boxes.ts';
import { latin1, startsWith } from './latin1.ts';
import type { Container, PhotoMetadata } from './photo.ts';
import type { SampleFacts } from './photo-color-space.ts';
import { uprightMetadata } from './upright-metadata.ts';

/**
 * Reads the metadata of AVIF and HEIC files. Their decoder turns the pixels upright, so EXIF must not ask for it again.
 *
 * @param picture its format, and the size of the decoded pixels
 * @param header what libvips says about the file; libvips reads it even if it cannot decode the pixels
 * @throws BridgeError `UNSUPPORTED_FORMAT` for high dynamic range
 */
export async function readHeifContainer(
  source: ByteSource,
  header: Partial<Pick<Metadata, 'icc' | 'exif' | 'xmp'>>,
  { format, ...size }: { readonly format: 'avif' | 'heic'; readonly width: number; readonly height: number },
): Promise<{ container: Container; facts: Partial<SampleFacts> }> {
  const { codePoints, hasGainMap, hasDepth } = await heifFacts(source);
  const hdr = codePoints === undefined ? undefined : highDynamicRange(codePoints.transfer);
  if (hdr !== undefined) throw new BridgeError('UNSUPPORTED_FORMAT', `a picture of high dynamic range (${hdr})`);
  const { icc, exif, xmp } = header;
  const stored = { ...(exif && { exif: withoutMark(exif) }), ...(xmp && { xmp: new Uint8Array(xmp) }) };
  const upright = uprightMetadata<Pick<PhotoMetadata, 'exif' | 'xmp'>>(stored, size);
  const metadata: PhotoMetadata = {
    ...(icc && { icc: new Uint8Array(icc) }),
    ...upright,
    ...exifFacts(await exifEntries(upright.exif)),
    native: { format: 'none' },
  };
  const space = icc === undefined && codePoints !== undefined ? codePointSpace(codePoints, false) : undefined;
  const losses = [
    ...(hasGainMap ? ['the HDR gain map inside the file is not in the fixed one'] : []),
    ...(hasDepth ? ['the depth map inside the file is not in the fixed one'] : []),
  ];
  return {
    container: { metadata, compression: { format }, warnings: [], losses },
    facts: space === undefined ? {} : { colour: { kind: 'space', space, name: `${space.name} (nclx)` } },
  };
}

/** libvips puts JPEG's mark before the block. */
function withoutMark(exif: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(exif.buffer, exif.byteOffset, exif.byteLength);
  return startsWith(bytes, 'Exif\0\0') ? bytes.subarray(latin1('Exif\0\0').length) : bytes;
}
