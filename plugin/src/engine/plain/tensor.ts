/** A tensor of the plain engine, row-major. Integer constants (shapes, pads) are kept as floats too: they are small. */
export interface PlainTensor {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}

/** For each axis: how far apart neighbours along it are. */
export function stridesOf(dims: readonly number[]): number[] {
  return dims.map((_, axis) => sizeOf(dims.slice(axis + 1)));
}

export function emptyTensor(dims: readonly number[]): PlainTensor {
  return { dims, values: new Float32Array(sizeOf(dims)) };
}
