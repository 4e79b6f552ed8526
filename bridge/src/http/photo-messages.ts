import type { Adjustment, Orientation, ProxyImage, ProxyInput } from '@evenlight/models';
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
  readonly maxImagePixels: number;
  readonly maxImageSide: number;
}

/** To the process that reads and writes photographs. One order at a time; it ends when the channel closes. */
export type PhotoCommand =
  | { readonly type: 'fix'; readonly order: PhotoOrder }
  | { readonly type: 'correction'; readonly bytes: Uint8Array }
  | { readonly type: 'no-correction'; readonly code: string; readonly message: string };

/** From it. A prediction is asked for once a page, one after the other. */
export type PhotoReport =
  | { readonly type: 'predict'; readonly proxy: ProxyImage; readonly orientation: Orientation }
  | { readonly type: 'fixed'; readonly photo: FixedPhoto }
  | {
      readonly type: 'failed';
      readonly from: 'bridge' | 'wire' | 'model' | 'other';
      readonly code: string;
      readonly message: string;
    };
