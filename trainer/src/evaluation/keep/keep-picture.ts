import type { Composition } from '../../compose/composition.ts';
import type { StoredPhoto } from '../../dataset/picture-store.ts';
import type { TrainingPicture } from '../../degrade/training-picture.ts';

/** What a picture of the keep set is; `ill-exposed` kinds need a correction, all others need none. */
export interface KeepKind {
  readonly name: string;
  readonly isWellExposed: boolean;
}

/** A picture of the keep set, decoded or composed. All arrays hold 8-bit codes. */
export interface KeepPicture {
  readonly before: StoredPhoto;
  /** The target; absent where nothing is wrong. */
  readonly goal?: Uint8Array;
  /** 255 where the object or photograph is, 0 where its surround is; absent where there is no surround. */
  readonly mask?: Uint8Array;
  /** The photograph of a framed picture without its frame, and where it begins in the frame. */
  readonly bare?: { readonly picture: StoredPhoto; readonly left: number; readonly top: number };
}

/** One picture of the keep set, made on demand. */
export interface KeepItem {
  readonly kind: KeepKind;
  readonly name: string;
  /** What varies within the kind: the width of a frame. */
  readonly detail?: string;
  make(): Promise<KeepPicture>;
}

/** 8-bit codes of encoded values 0..1. */
export function toCodes({ width, height, pixels }: TrainingPicture): StoredPhoto {
  return { width, height, pixels: Uint8Array.from(pixels, (value) => Math.round(255 * value)) };
}

/** A composition as a picture of the keep set; `isWell` = nothing is wrong with it. */
export function composedPicture({ input, target, mask }: Composition, isWell: boolean): KeepPicture {
  return {
    before: toCodes(input),
    ...(!isWell && { goal: toCodes(target).pixels }),
    mask: Uint8Array.from(mask, (share) => Math.round(255 * share)),
  };
}
