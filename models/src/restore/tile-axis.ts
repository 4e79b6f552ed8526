/** How long tiles are along one side of a picture, and how they overlap. In pixels, all but `most` multiples of `multipleOf`. */
export interface TileLengths {
  /** The longest tile. */
  readonly most: number;
  /** How many pixels a tile reads beyond the ones that it restores: the reach of its network. */
  readonly margin: number;
  /** In how many pixels two neighbours are blended. */
  readonly feather: number;
  /** Networks that downsample work on blocks of pixels: every tile begins at the start of a block. */
  readonly multipleOf: number;
}

/**
 * The tiles along one side of a picture. Tile `i` reads `tile` pixels from `i · step − margin` on; beyond its edges the picture is
 * mirrored. It restores its core: the pixels that are at least `margin` away from its ends.
 */
export interface TileAxis {
  readonly length: number;
  readonly count: number;
  readonly tile: number;
  readonly margin: number;
  readonly step: number;
  /** Neighbouring cores overlap in `core − step` pixels. */
  readonly core: number;
}

/** How a picture is cut into tiles. */
export interface TileGrid {
  readonly across: TileAxis;
  readonly down: TileAxis;
}

/** Plans tiles of one length for `length` pixels: as few as `most` allows, each as short as their number allows. */
export function planTileAxis(length: number, { most, margin, feather, multipleOf }: TileLengths): TileAxis {
  const up = (value: number): number => Math.ceil(value / multipleOf) * multipleOf;
  const longestCore = Math.floor(most / multipleOf) * multipleOf - 2 * margin;
  if (longestCore < 3 * feather) {
    throw new Error(`tiles of ${most} pixels leave ${longestCore} within margins of ${margin}, need ${3 * feather}`);
  }
  if (length <= longestCore) {
    const core = up(length);
    return { length, count: 1, tile: core + 2 * margin, margin, step: core, core };
  }
  const fewest = Math.ceil((length - feather) / (longestCore - feather));
  const step = up((length - feather) / fewest);
  const core = step + feather;
  return { length, count: Math.ceil((length - feather) / step), tile: core + 2 * margin, margin, step, core };
}

/** Where tile `index` begins; below 0 for the first one. */
export function tileOrigin({ step, margin }: TileAxis, index: number): number {
  return index * step - margin;
}

/** The place in a picture of `length` pixels that stands for `position`, which may lie outside: mirrored at the outermost pixels. */
export function mirrored(position: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const place = ((position % period) + period) % period;
  return place < length ? place : period - place;
}

/**
 * The weights of a core's pixels: raised cosines where neighbours overlap, 1 elsewhere. At every pixel the weights of all tiles add
 * up to one.
 */
export function tileWeights({ core, step, count }: TileAxis, index: number): Float64Array {
  const weights = new Float64Array(core).fill(1);
  const overlap = core - step;
  for (let i = 0; i < overlap; i++) {
    const share = (1 - Math.cos((Math.PI * (i + 0.5)) / overlap)) / 2;
    if (index > 0) weights[i] = share;
    if (index < count - 1) weights[step + i] = 1 - share;
  }
  return weights;
}
