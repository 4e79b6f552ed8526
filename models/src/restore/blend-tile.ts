import { type TileGrid, tileWeights } from './tile-axis.ts';

/**
 * Adds what a tile changes to `changes`, by the weights of its core.
 *
 * @param changes `[rows of a core][width of the picture][3]`, of the tile's band
 * @param change `[height][width][3]` of the tile
 */
export function blendTile(
  changes: Float32Array,
  change: Float32Array,
  { across, down }: TileGrid,
  [band, index]: readonly [band: number, index: number],
): void {
  const rowWeights = tileWeights(down, band);
  const weights = tileWeights(across, index);
  const left = index * across.step;
  const columns = Math.min(across.core, across.length - left);
  const rows = Math.min(down.core, down.length - band * down.step);
  for (let y = 0; y < rows; y++) {
    let from = ((down.margin + y) * across.tile + across.margin) * 3;
    let to = (y * across.length + left) * 3;
    for (let x = 0; x < columns; x++) {
      const weight = rowWeights[y]! * weights[x]!;
      for (let c = 0; c < 3; c++) {
        changes[to] = changes[to]! + weight * change[from++]!;
        to++;
      }
    }
  }
}
