/** Values of a tensor, row-major. */
interface ShapedValues {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Reorders the axes of a tensor: axis `i` of the result is axis `order[i]` of the source. */
export function permute({ shape, values }: ShapedValues, order: readonly number[]): ShapedValues {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const turnedShape = order.map((axis) => shape[axis]!);
  const turnedStrides = order.map((axis) => strides[axis]!);
  const turned = new Float32Array(values.length);
  const place = turnedShape.map(() => 0);
  for (let i = 0, from = 0; i < turned.length; i++) {
    turned[i] = values[from]!;
    for (let axis = place.length - 1; axis >= 0; axis--) {
      place[axis]!++;
      from += turnedStrides[axis]!;
      if (place[axis]! < turnedShape[axis]!) break;
      from -= turnedStrides[axis]! * turnedShape[axis]!;
      place[axis] = 0;
    }
  }
  return { shape: turnedShape, values: turned };
}
