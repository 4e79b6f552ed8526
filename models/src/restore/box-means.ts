/**
 * The mean of every pixel's neighbourhood, a square of side 2·radius + 1 that ends at the picture's edges. Running sums: the cost does
 * not depend on the radius.
 *
 * @param plane `[height][width]`
 */
export function boxMeans(
  plane: Float32Array,
  { width, height }: { readonly width: number; readonly height: number },
  radius: number,
): Float32Array {
  const means = new Float32Array(plane.length);
  const columns = new Float64Array(width);
  for (let y = -radius; y < height; y++) {
    if (y + radius < height) addRow(columns, plane, y + radius, 1);
    if (y - radius > 0) addRow(columns, plane, y - radius - 1, -1);
    if (y < 0) continue;
    const rows = Math.min(height - 1, y + radius) - Math.max(0, y - radius) + 1;
    let sum = 0;
    for (let x = 0; x < Math.min(radius, width); x++) sum += columns[x]!;
    for (let x = 0; x < width; x++) {
      if (x + radius < width) sum += columns[x + radius]!;
      if (x - radius > 0) sum -= columns[x - radius - 1]!;
      const count = Math.min(width - 1, x + radius) - Math.max(0, x - radius) + 1;
      means[y * width + x] = sum / (count * rows);
    }
  }
  return means;
}

function addRow(columns: Float64Array, plane: Float32Array, y: number, factor: number): void {
  const start = y * columns.length;
  for (let x = 0; x < columns.length; x++) columns[x] = columns[x]! + factor * plane[start + x]!;
}
