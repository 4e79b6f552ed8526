import type {
  Adjustment,
  Orientation,
  ProxyImage,
  ProxyInput,
  RestorationContract,
  RestorationWish,
  TileShape,
} from '@evenlight/models';
import type { ResultKind } from '../fix/shared-options.ts';
import type { FixedPhoto } from '../fix/fix-photo.ts';
import type { PhotoFormat } from '../codec/photo.ts';

/** One photograph to fix, with the paths of its files in a folder of its own. */
export interface PhotoOrder {
  readonly input: string;
  readonly output: string;
  readonly format: PhotoFormat | 'keep';
  readonly quality: number | undefined;
  readonly upright: boolean;
  readonly kind: ResultKind;
  readonly model: string;
  /** The proxy that the model wants. */
  readonly modelInput: ProxyInput;
  readonly adjustment: Adjustment;
  readonly restore: RestorationWish;
  /** Of the model that cleans noise; absent where the bridge has none. */
  readonly restoration: RestorationContract | undefined;
  readonly maxImagePixels: number;
  readonly maxImageSide: number;
}

/** To the process that reads and writes photographs. One order at a time; it ends when the channel closes. */
export type PhotoCommand =
  | { readonly type: 'fix'; readonly order: PhotoOrder }
  | { readonly type: 'correction'; readonly bytes: Uint8Array }
  | { readonly type: 'tiles'; readonly output: Float32Array }
  | { readonly type: 'no-answer'; readonly code: string; readonly message: string };

/** From it. It asks for one prediction a page, and for tiles of noise to be cleaned, one after the other. */
export type PhotoReport =
  | { readonly type: 'predict'; readonly proxy: ProxyImage; readonly orientation: Orientation }
  | { readonly type: 'tiles'; readonly input: Float32Array; readonly shape: TileShape }
  | { readonly type: 'fixed'; readonly photo: FixedPhoto }
  | {
      readonly type: 'failed';
      readonly from: 'bridge' | 'wire' | 'model' | 'other';
      readonly code: string;
      readonly message: string;
    };
