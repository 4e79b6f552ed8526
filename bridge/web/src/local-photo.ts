import type { Orientation } from '@evenlight/models';

/** A photograph that the browser can read and write without losing anything that the bridge would keep. */
export interface LocalPhoto {
  readonly type: 'image/jpeg' | 'image/png' | 'image/webp';
  /** The file without profile, metadata and orientation: browsers then decode the values as they are stored. */
  readonly bare: Blob;
  readonly icc?: Uint8Array<ArrayBuffer>;
  readonly orientation: Orientation;
  /** Adds profile and metadata to a picture that the browser has written. */
  rebuild(encoded: Uint8Array<ArrayBuffer>): Blob;
}
