import { blendTile } from '@evenlight/models/src/restore/blend-tile.ts';
import { planTileAxis, tileWeights } from '@evenlight/models/src/restore/tile-axis.ts';
import { expect, it } from 'vitest';

const lengths = { most: 12, margin: 2, feather: 2, multipleOf: 1 };
const [WIDTH, HEIGHT] = [13, 11];
const grid = { across: planTileAxis(WIDTH, lengths), down: planTileAxis(HEIGHT, lengths) };

it('a tile is added by the weights of its core, at its place in the picture, and no farther than the picture', () => {
  const { across, down } = grid;
  expect([across.count, down.count]).toEqual([2, 2]);
  for (let band = 0; band < down.count; band++) {
    for (let index = 0; index < across.count; index++) {
      const change = Float32Array.from({ length: across.tile * down.tile * 3 }, (_, i) => 1 + i);
      const changes = new Float32Array(down.core * WIDTH * 3).fill(1000);
      blendTile(changes, change, grid, [band, index]);
      const [rows, columns] = [tileWeights(down, band), tileWeights(across, index)];
      const expected = Array.from(changes, (_, i) => {
        const [c, x, y] = [i % 3, (Math.floor(i / 3) % WIDTH) - index * across.step, Math.floor(i / 3 / WIDTH)];
        const isInside = x >= 0 && x < across.core && y < HEIGHT - band * down.step;
        if (!isInside) return 1000;
        const at = ((y + down.margin) * across.tile + x + across.margin) * 3 + c;
        return 1000 + rows[y]! * columns[x]! * change[at]!;
      });
      expect(changes.findIndex((value, i) => Math.abs(value - expected[i]!) > 1e-2)).toBe(-1);
    }
  }
});
