/** A 3-D lookup table on a document's own encoded RGB values. */
export interface LookupTable {
  /** Lattice points per axis: 33. */
  readonly size: number;
  /** `[red][green][blue][3]`, 0..1: blue varies fastest, as in an ICC CLUT. */
  readonly values: Float32Array;
  /** Mean ΔE2000 over the proxy between the full correction and the table, 0 if it was made without a proxy. */
  readonly meanDeltaE: number;
}
