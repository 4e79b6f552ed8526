import type { Adjustment, AveragedPicture, ProxyInput, Size } from '@evenlight/models';

/** A correction and its strength, as they are sent to the worker. */
export interface Look {
  /** Serialised, for upright pixels; undefined: the picture stays as it is. */
  readonly correction: Uint8Array | undefined;
  readonly adjustment: Adjustment;
}

/** A part of the upright picture, in its own pixels. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type CanvasColors = 'srgb' | 'display-p3';

/** What the page asks of the worker: parameters and answer of each call. */
export interface WorkerCalls {
  /** Makes a picture known. `isLocal`: the browser can read and write it. */
  open: { ask: { readonly key: string; readonly file: Blob }; answer: Size & { readonly isLocal: boolean } };
  /** Averages the picture down, upright. */
  read: { ask: { readonly key: string; readonly input: ProxyInput }; answer: AveragedPicture };
  /** The whole picture, upright, with its longer side of `maxSide` at most. */
  preview: {
    ask: { readonly key: string; readonly look: Look; readonly maxSide: number; readonly colors: CanvasColors };
    answer: ImageBitmap;
  };
  /** A part of the picture in full size. */
  detail: {
    ask: { readonly key: string; readonly look: Look; readonly region: Region; readonly colors: CanvasColors };
    answer: ImageBitmap;
  };
  /** The picture in full size, in its own format, with its profile and metadata. */
  write: { ask: { readonly key: string; readonly look: Look }; answer: Blob };
  close: { ask: { readonly key: string }; answer: undefined };
}

export type CallName = keyof WorkerCalls;

/** From the page. */
export type WorkerQuestion = {
  [Name in CallName]: { readonly id: number; readonly name: Name; readonly ask: WorkerCalls[Name]['ask'] };
}[CallName];

/** From the worker. */
export type WorkerAnswer =
  | { readonly id: number; readonly answer: WorkerCalls[CallName]['answer'] }
  | { readonly id: number; readonly failure: string };
