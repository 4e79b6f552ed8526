import type { AlphaKind, TiffMethod } from '../photo.ts';
import type { StoredPicture } from '../stored-picture.ts';
import type { TiffEntry } from '../tiff-directory.ts';

/** A page to be written. */
export interface TiffPage extends Omit<StoredPicture, 'pixels'> {
  readonly method: TiffMethod;
  readonly alpha?: AlphaKind;
  /** Everything but what describes the pixels. */
  readonly entries: readonly TiffEntry[];
  /** The samples of rows of the picture, top to bottom. */
  rows(first: number, count: number): Promise<StoredPicture['pixels']> | StoredPicture['pixels'];
}
