import type { Orientation } from '@evenlight/models';

/** A photograph that the browser can read and write without losing anything that the bridge would keep. */
export interface LocalPhoto {
  readonly type: 'image/jpeg' | 'image/png' | 'image/webp';
  /** The file without profile, metadata and orientation: browsers then give the values as they are stored. */
  readonly bare: Blob;
  readonly icc?: Uint8Array<ArrayBuffer>;
  readonly orientation: Orientation;
  /** Puts profile and metadata to a picture that the browser has written. */
  rebuild(encoded: Uint8Array<ArrayBuffer>): Blob;
}
