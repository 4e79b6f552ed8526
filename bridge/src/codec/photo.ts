import type { PixelImage } from '@evenlight/models';
import type { TiffEntry } from './tiff-directory.ts';

/** The file formats that are read and written. */
export type PhotoFormat = 'jpeg' | 'png' | 'tiff' | 'webp';

export const PHOTO_FORMATS: readonly PhotoFormat[] = ['jpeg', 'png', 'tiff', 'webp'];

/** Resolution for printing. `none`: only the ratio of the two means something. */
export interface Density {
  readonly x: number;
  readonly y: number;
  readonly unit: 'inch' | 'centimetre' | 'none';
}

/**
 * What a file says beside its pixels, in the forms that every format can carry. `native` holds the container's own blocks:
 * they go back byte for byte when the format stays, so that nothing is lost that this program does not know.
 */
export interface PhotoMetadata {
  /** The ICC profile, byte for byte. */
  readonly icc?: Uint8Array;
  /** An EXIF block: a TIFF structure that starts with "II" or "MM". */
  readonly exif?: Uint8Array;
  readonly xmp?: Uint8Array;
  /** Photoshop image resources ("8BIM…"), which hold IPTC captions. */
  readonly photoshop?: Uint8Array;
  readonly density?: Density;
  /** EXIF orientation 1..8. It is kept as it is: the pixels stay as stored. */
  readonly orientation: number;
  /** What the camera says about the colours of a file without a profile (DCF: "R03" is Adobe RGB). */
  readonly cameraColorSpace?: 'adobe-rgb';
  readonly native:
    | { readonly format: 'jpeg' | 'png' | 'webp'; readonly blocks: readonly Uint8Array[] }
    | { readonly format: 'tiff'; readonly entries: readonly TiffEntry[] };
}

/** How the pixels were compressed, as far as it is kept. */
export type Compression =
  | {
      readonly format: 'jpeg';
      readonly quality: number;
      readonly subsampling: '4:4:4' | '4:2:0';
      readonly progressive: boolean;
    }
  | { readonly format: 'png' }
  | { readonly format: 'tiff'; readonly method: 'none' | 'lzw' | 'deflate' | 'packbits' }
  | { readonly format: 'webp'; readonly lossless: boolean };

/** What reading a container's structure, without its pixels, gives. */
export interface Container {
  readonly metadata: PhotoMetadata;
  readonly compression: Compression;
  /** One sentence for each thing that will not be in the written file. */
  readonly warnings: readonly string[];
}

/** A photograph in memory. */
export interface Photo extends Container {
  /** Tightly packed pixels in the file's own colour space and depth, as stored (not turned upright). */
  readonly image: PixelImage;
  /** Bytes before the pixels, in the same buffer, that the encoder may overwrite. */
  readonly headroomBytes: number;
  /** What the encoded values mean, as the summary names it: "Adobe RGB (1998)", "sRGB (no profile)". */
  readonly colorSpaceName: string;
}
