import type { CorrectedPicture } from './lifted-picture.ts';

/** A way to remove noise from lifted pictures. */
export interface Cleaner {
  readonly name: string;
  /** The settings, from weak to strong. The best for each EV is chosen on photographs that are not scored. */
  readonly strengths: readonly number[];
  /** The cleaned pictures, encoded 0..1, in order. */
  clean(pictures: readonly CorrectedPicture[], strength: number): Promise<Float32Array[]>;
}

/** Leaves pictures as they are. */
export const none: Cleaner = {
  name: 'none',
  strengths: [0],
  clean: (pictures) => Promise.resolve(pictures.map(({ lifted }) => lifted.pixels)),
};
