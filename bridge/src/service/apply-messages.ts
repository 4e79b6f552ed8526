import type { Adjustment, ImageDescription, serializeColorSpace } from '@evenlight/models';

/** An image description as it crosses to another thread: a colour space has functions, its serialised form has none. */
export type PlainImageDescription = Omit<ImageDescription, 'colorSpace'> & {
  readonly colorSpace: ReturnType<typeof serializeColorSpace>;
};

/** Service → apply thread. */
export type ApplyCommand =
  | {
      readonly type: 'open';
      readonly jobId: number;
      /** Binary form. */
      readonly correction: Uint8Array;
      readonly adjustment: Adjustment;
      readonly description: PlainImageDescription;
    }
  | {
      readonly type: 'apply';
      readonly jobId: number;
      /** Whole rows, tightly packed, little endian; their buffer is handed over. */
      readonly rows: Uint8Array<ArrayBuffer>;
      readonly firstRow: number;
      readonly rowCount: number;
    }
  | { readonly type: 'close'; readonly jobId: number };

/** Apply thread → service: the answer to each `apply`, in their order. */
export type ApplyReport =
  | { readonly type: 'applied'; readonly rows: Uint8Array<ArrayBuffer> }
  | { readonly type: 'error'; readonly code: 'BAD_INPUT' | 'APPLY_FAILED'; readonly message: string };
