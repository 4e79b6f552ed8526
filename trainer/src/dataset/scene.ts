import type { Split } from './split.ts';

/** Where the authors of a data set put a scene. */
export type DatasetPart = 'train' | 'validation' | 'test';

interface SceneFacts {
  /** The good picture: a photograph, a panorama, or the target of a pair. */
  readonly file: string;
  /** The name that scores are kept under: `sice-under`, `lol-v1`, … */
  readonly set: string;
  /** Pictures of the same scene share it, across data sets too. A group is never in two splits. */
  readonly group: string;
  readonly licence: string;
  /** Who made it and where it is from, where the data set says so. */
  readonly author?: string | undefined;
  readonly source?: string | undefined;
  /** What it shows, where the data set says so. */
  readonly about?: string | undefined;
  readonly part?: DatasetPart | undefined;
  /** Present if a manifest decides the split; otherwise `part` and the seed decide. */
  readonly split?: Split | undefined;
}

export const GOOD_KINDS = ['photo', 'lowkey', 'highkey', 'native', 'panorama'] as const;

/** A good picture that a run file's operations make a pair of; `lowkey` is dark on purpose, `highkey` bright, `native` a sharp crop of a larger one. */
export interface GoodPicture extends SceneFacts {
  readonly kind: (typeof GOOD_KINDS)[number];
}

/** A badly exposed picture and the picture that a person wanted of it. */
export interface PicturePair extends SceneFacts {
  readonly kind: 'paired';
  readonly input: string;
}

/** One entry of a data set. */
export type Scene = GoodPicture | PicturePair;

/** An entry with its place in training. */
export type SplitScene = Scene & { readonly split: Split };

/** A file that keeps a data set from being used, and why. */
export interface DatasetProblem {
  readonly file: string;
  readonly problem: string;
}
