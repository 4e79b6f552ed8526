import type { PixelImage } from '@evenlight/models';
import type { PsdFile } from './psd/psd-file.ts';
import type { StoredPicture } from './stored-picture.ts';
import type { TiffEntry } from './tiff-directory.ts';

/** The media types of the file formats that are written. */
export const PHOTO_MEDIA_TYPES = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  tiff: 'image/tiff',
  webp: 'image/webp',
  avif: 'image/avif',
  psd: 'image/vnd.adobe.photoshop',
} as const;

/** The file formats that are written. */
export type PhotoFormat = keyof typeof PHOTO_MEDIA_TYPES;

function isPhotoFormat(name: string): name is PhotoFormat {
  return name in PHOTO_MEDIA_TYPES;
}

export const PHOTO_FORMATS: readonly PhotoFormat[] = Object.keys(PHOTO_MEDIA_TYPES).filter(isPhotoFormat);

/** The file formats that are read: those, and some of which results are written in another one. */
export type SourceFormat = PhotoFormat | 'heic' | 'jxl' | 'raw';

/** Resolution for printing. `none`: only the ratio of the two means something. */
export interface Density {
  readonly x: number;
  readonly y: number;
  readonly unit: 'inch' | 'centimetre' | 'none';
}

/**
 * A file's metadata, in the forms that every format can carry. `native` holds the container's own blocks:
 * when the format stays the same they are written back byte for byte, so that unknown data are not lost.
 */
export interface PhotoMetadata {
  /** The ICC profile, byte for byte. */
  readonly icc?: Uint8Array;
  /** An EXIF block: a TIFF structure that starts with "II" or "MM". */
  readonly exif?: Uint8Array;
  readonly xmp?: Uint8Array;
  /** What JPEG keeps apart because it does not fit into a segment: the packet that the XMP names by `HasExtendedXMP`. */
  readonly extendedXmp?: Uint8Array;
  /** Photoshop image resources ("8BIM…"), which hold IPTC captions. */
  readonly photoshop?: Uint8Array;
  readonly density?: Density;
  /** EXIF orientation 1..8. It is kept as it is: the pixels stay as stored. */
  readonly orientation: number;
  /** What the camera says about the colours of a file without a profile (DCF: "R03" is Adobe RGB). */
  readonly cameraColorSpace?: 'adobe-rgb';
  readonly native: NativeBlocks;
}

/** What only the file's own format can hold. */
export type NativeBlocks =
  | {
      readonly format: 'jpeg' | 'png' | 'webp';
      readonly blocks: readonly Uint8Array[];
      /** The data behind the picture in the file. */
      readonly trailer?: Uint8Array;
      /** JPEG: where in the file the index of the pictures in the trailer stood, and where the first picture ended. */
      readonly multiPicture?: { readonly offset: number; readonly pictureEnd: number };
    }
  | { readonly format: 'tiff'; readonly entries: readonly TiffEntry[] }
  | { readonly format: 'psd'; readonly document: PsdFile }
  | { readonly format: 'none' };

/** How the pixels were compressed, as far as it is kept. */
export type Compression =
  | {
      readonly format: 'jpeg';
      readonly quality: number;
      readonly subsampling: '4:4:4' | '4:2:0';
      readonly progressive: boolean;
    }
  | { readonly format: 'tiff'; readonly method: TiffMethod }
  | { readonly format: 'webp'; readonly lossless: boolean }
  | { readonly format: 'psd'; readonly isLarge: boolean }
  | { readonly format: Exclude<SourceFormat, 'jpeg' | 'tiff' | 'webp' | 'psd'> };

/** How a TIFF that Evenlight writes is packed: without loss. */
export type TiffMethod = 'none' | 'lzw' | 'deflate' | 'packbits';

/** The result of reading a container without its pixels. */
export interface Container {
  readonly metadata: PhotoMetadata;
  readonly compression: Compression;
  /** One sentence for each thing that had to be guessed or was found wrong. They also hold for a copy of the file. */
  readonly warnings: readonly string[];
  /** One sentence for each thing that a written file will not hold, in whatever format. They do not hold for a copy. */
  readonly losses: readonly string[];
}

/** A photograph in memory. */
export interface Photo extends Container {
  /** Tightly packed pixels as stored (not turned upright), in the file's own colour space and depth where those can be corrected. */
  readonly image: PixelImage;
  /** How the file stores its colours, if not like `image`. They are converted back if the format of the result can hold them. */
  readonly stored?: StoredColours;
  readonly alpha?: AlphaKind;
  /** The file names its space in a way that other formats do not have: in those, a profile must name it. */
  readonly isSpaceImplied?: boolean;
  /** What the encoded values mean, as the summary names it: "Adobe RGB (1998)", "sRGB (no profile)". */
  readonly colorSpaceName: string;
}

/** How the file stores its colours. */
export type StoredColours = Pick<StoredPicture, 'model' | 'format'>;

/** TIFF's kinds of alpha channel: whether the colours are multiplied by it. Files of all three kinds exist. */
export type AlphaKind = 'associated' | 'unassociated' | 'unspecified';
