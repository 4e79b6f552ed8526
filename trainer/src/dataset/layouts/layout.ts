import { TrainerError } from '../../errors.ts';
import type { FolderListing } from '../folder-listing.ts';
import type { DatasetProblem, Scene } from '../scene.ts';

/** Endings of pictures that are read, for patterns. */
export const PICTURE = String.raw`\.(?:jpe?g|png|tiff?|webp)`;

/** The scenes that a layout found in a folder. */
export interface LayoutContent {
  readonly scenes: readonly Scene[];
  /** What is broken; training refuses such a data set. */
  readonly problems: readonly DatasetProblem[];
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

export interface LayoutRequest {
  /** The options behind the layout's name: `fivek,experts=ace:FOLDER`. */
  readonly options: ReadonlyMap<string, string>;
  readonly seed: number;
}

/** A form in which a data set is stored. To add one, write one file and a line in `registry.ts`. */
export interface Layout {
  readonly name: string;
  readonly title: string;
  /** Whether a folder has this layout. */
  readonly looksLike: string;
  /** The names of its options. */
  readonly options: readonly string[];
  recognises(listing: FolderListing): boolean;
  read(listing: FolderListing, request: LayoutRequest): LayoutContent | Promise<LayoutContent>;
}

/** The letters of FiveK's experts that an option asks for. @throws TrainerError `BAD_DATASET` */
export function expertLetters(options: ReadonlyMap<string, string>, otherwise: string): readonly string[] {
  const letters = (options.get('experts') ?? otherwise).toLowerCase();
  if (/^[a-e]+$/.test(letters)) return [...new Set(letters)];
  throw new TrainerError('BAD_DATASET', `option 'experts' is '${letters}', expected letters of a to e, as in 'ace'`);
}
