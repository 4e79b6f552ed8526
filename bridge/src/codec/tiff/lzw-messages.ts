/** To an LZW thread: pack these bytes, or unpack them to so many. */
export interface LzwTask {
  readonly id: number;
  readonly bytes: Uint8Array;
  /** Absent: pack. */
  readonly unpackedBytes?: number | undefined;
}

/** From an LZW thread. `damage`: the bytes cannot be unpacked. */
export type LzwAnswer =
  { readonly id: number; readonly bytes: Uint8Array } | { readonly id: number; readonly damage: string };
