import type { ByteSource } from './byte-source.ts';
import type {
  AlphaKind,
  Compression,
  Container,
  PhotoFormat,
  PhotoMetadata,
  SourceFormat,
  StoredColours,
} from './photo.ts';
import type { SampleFacts } from './photo-color-space.ts';
import type { StoredPicture } from './stored-picture.ts';

/** A file that has been read: its pixels as stored, and its metadata. */
export interface DecodedFile {
  readonly container: Container;
  readonly picture: StoredPicture;
  readonly alpha?: AlphaKind;
  readonly facts?: Partial<SampleFacts>;
  /** How the result is to be stored, if not like `picture`. */
  readonly stored?: StoredColours;
}

/** The file that a codec reads. */
export interface CodecInput {
  readonly path: string;
  readonly source: ByteSource;
  /** Which of several pages, from 0. */
  readonly page: number;
}

/** Reads one file format. Each format has one file in `formats/`, and stands once in `photo-codecs.ts`. */
export interface PhotoReader {
  readonly format: SourceFormat;
  /** As messages name it: "JPEG". */
  readonly name: string;
  /** Endings with their dot, in small letters; the first is what written files get. */
  readonly extensions: readonly [string, ...string[]];
  /** The default format of results: this one, or its substitute if it cannot be written. */
  readonly writtenAs: PhotoFormat;
  /** @param start the first `SNIFF_BYTES` bytes, as Latin-1 text */
  recognises(start: string, extension: string): boolean;
  /**
   * @throws BridgeError `UNSUPPORTED_FORMAT`
   * @throws RangeError where the structure or the pixels are damaged
   */
  read(file: CodecInput): Promise<DecodedFile>;
  /**
   * How many pages a file has. Only for formats with pages.
   *
   * @throws RangeError where the structure is damaged
   */
  countPages?(source: ByteSource): Promise<number>;
}

/** A picture that fits the format, and its metadata. */
export interface WrittenPicture {
  readonly picture: StoredPicture;
  readonly alpha?: AlphaKind;
  readonly metadata: PhotoMetadata;
  /** The compression of the original, whatever its format. */
  readonly compression: Compression;
  /** 1..100, if the user gives it; lossless formats ignore it. */
  readonly quality?: number;
}

/** Writes one file format. */
export interface PhotoWriter {
  readonly format: PhotoFormat;
  readonly depths: readonly StoredPicture['format'][];
  readonly models: readonly StoredPicture['model'][];
  readonly hasAlpha: boolean;
  /** Longest side in pixels. */
  readonly longestSide: number;
  /**
   * Compresses the picture.
   *
   * @param warnings gets a sentence for each thing that the format cannot hold
   * @returns what writes the file to a path that does not exist
   */
  write(picture: WrittenPicture, warnings: string[]): Promise<(path: string) => Promise<void>>;
}
