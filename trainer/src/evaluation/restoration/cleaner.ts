import type { LiftedPicture } from './lifted-picture.ts';

/** A way to remove noise from lifted pictures. */
export interface Cleaner {
  readonly name: string;
  /** What can be set, from weak to strong; the best for each EV is chosen on other photographs than those that are scored. */
  readonly strengths: readonly number[];
  /** The cleaned pictures, encoded 0..1, in order. */
  clean(pictures: readonly LiftedPicture[], strength: number): Promise<Float32Array[]>;
}

/** Leaves pictures as they are. */
export const none: Cleaner = {
  name: 'none',
  strengths: [0],
  clean: (pictures) => Promise.resolve(pictures.map(({ lifted }) => lifted.pixels)),
};
