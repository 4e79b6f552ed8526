import type { Adjustment } from './adjustment.ts';
import { createApplier } from './applier.ts';
import { applyToProxy } from './apply-to-proxy.ts';
import { createRowReader } from './apply/row-reader.ts';
import { createRowWriter } from './apply/row-writer.ts';
import type { ColorSpace } from './color/color-space.ts';
import { CELL_COEFFICIENTS, createCorrection, type Correction } from './correction.ts';
import { ModelError } from './errors.ts';
import { createGridSamples } from './fit/grid-samples.ts';
import { meanDeltaE2000 } from './measure/mean-delta-e-2000.ts';
import type { ProxyImage } from './proxy.ts';

/** A 3-D lookup table on a document's own encoded RGB values. */
export interface LookupTable {
  /** Lattice points per axis: 33. */
  readonly size: number;
  /** `[red][green][blue][3]`, 0..1: blue varies fastest, as in an ICC CLUT. */
  readonly values: Float32Array;
  /** Mean ΔE2000 over the proxy between the full correction and the table. */
  readonly meanDeltaE: number;
}

/** What Photoshop and other programs take without resampling. */
const LATTICE_SIZE = 33;
/** The weight of a cell without pixels, compared with a cell that has an average number of them. */
const EMPTY_CELL_SHARE = 0.01;

/**
 * A correction as one table for the whole picture: the bilateral grid is collapsed to its mean over the places where the
 * picture has tones of that depth, and what remains is a function of colour alone. `meanDeltaE` says what is lost.
 *
 * @param colorSpace of the document; its table maps its encoded values to its encoded values, 0..1
 * @throws ModelError `BAD_COLOR_SPACE` for gray and for linear-light spaces: the former have no RGB, the latter values above 1
 */
export function createLookupTable(
  correction: Correction,
  adjustment: Adjustment,
  proxy: ProxyImage,
  colorSpace: ColorSpace,
): LookupTable {
  if (colorSpace.kind === 'gray' || colorSpace.transfer.isLinear) {
    throw new ModelError('BAD_COLOR_SPACE', `${colorSpace.name} has no encoded RGB values to look up`);
  }
  const size = LATTICE_SIZE;
  const values = lattice(size);
  const applier = createApplier(collapse(correction, proxy), adjustment, {
    width: size,
    height: size ** 2,
    channels: 3,
    format: 'float32',
    colorSpace,
  });
  applier.applyRows(values, values, { firstRow: 0, rowCount: size ** 2 });
  for (let i = 0; i < values.length; i++) values[i] = clamp01(values[i]!);
  const table = { size, values };
  return { ...table, meanDeltaE: differenceFrom(table, { correction, adjustment, proxy, colorSpace }) };
}

/** The identity: every lattice point's own colour. */
function lattice(size: number): Float32Array {
  const values = new Float32Array(size ** 3 * 3);
  for (let point = 0, i = 0; point < size ** 3; point++) {
    values[i++] = Math.floor(point / size ** 2) / (size - 1);
    values[i++] = (Math.floor(point / size) % size) / (size - 1);
    values[i++] = (point % size) / (size - 1);
  }
  return values;
}

/** The grid's mean over width and height, at each depth weighted by how many of the proxy's pixels read a cell. */
function collapse(correction: Correction, proxy: ProxyImage): Correction {
  const { gridWidth, gridHeight, gridDepth, guide, coefficients } = correction;
  const places = gridWidth * gridHeight;
  const occupancy = new Float64Array(places * gridDepth);
  const { cells, weights } = createGridSamples(proxy, correction, guide);
  cells.forEach((cell, i) => {
    occupancy[cell]! += weights[i]!;
  });
  const empty = (EMPTY_CELL_SHARE * proxy.width * proxy.height) / occupancy.length;
  const collapsed = new Float32Array(gridDepth * CELL_COEFFICIENTS);
  for (let z = 0; z < gridDepth; z++) {
    const sums = new Float64Array(CELL_COEFFICIENTS);
    let total = 0;
    for (let place = 0; place < places; place++) {
      const cell = place * gridDepth + z;
      const weight = occupancy[cell]! + empty;
      total += weight;
      for (let k = 0; k < CELL_COEFFICIENTS; k++) sums[k]! += weight * coefficients[cell * CELL_COEFFICIENTS + k]!;
    }
    collapsed.set(
      sums.map((sum) => sum / total),
      z * CELL_COEFFICIENTS,
    );
  }
  return createCorrection({ gridWidth: 1, gridHeight: 1, gridDepth, guide, coefficients: collapsed });
}

function differenceFrom(
  table: Omit<LookupTable, 'meanDeltaE'>,
  {
    correction,
    adjustment,
    proxy,
    colorSpace,
  }: {
    correction: Correction;
    adjustment: Adjustment;
    proxy: ProxyImage;
    colorSpace: ColorSpace;
  },
): number {
  const target = applyToProxy(correction, adjustment, proxy).pixels;
  const line = { width: proxy.width * proxy.height, height: 1, channels: 3, format: 'float32', colorSpace } as const;
  const encoded = new Float32Array(proxy.pixels.length);
  createRowWriter(line)(proxy.pixels.slice(), encoded, 0);
  const looked = new Float32Array(encoded.length);
  createRowReader(line)(lookUp(table, encoded), 0, looked);
  return meanDeltaE2000(looked.map(clamp01), target);
}

/** Encoded values `[pixel][3]` through the table, trilinear between its points, clamped to 0..1 before. */
export function lookUp({ size, values }: Pick<LookupTable, 'size' | 'values'>, pixels: Float32Array): Float32Array {
  const result = new Float32Array(pixels.length);
  const strides = [size ** 2 * 3, size * 3, 3] as const;
  for (let i = 0; i < pixels.length; i += 3) {
    const [red, redShare] = latticePosition(pixels[i]!, size);
    const [green, greenShare] = latticePosition(pixels[i + 1]!, size);
    const [blue, blueShare] = latticePosition(pixels[i + 2]!, size);
    const base = red * strides[0] + green * strides[1] + blue * strides[2];
    for (let corner = 0; corner < 8; corner++) {
      const [r, g, b] = [corner & 1, (corner >> 1) & 1, corner >> 2];
      const weight =
        (r === 1 ? redShare : 1 - redShare) *
        (g === 1 ? greenShare : 1 - greenShare) *
        (b === 1 ? blueShare : 1 - blueShare);
      const at = base + r * strides[0] + g * strides[1] + b * strides[2];
      for (let c = 0; c < 3; c++) result[i + c]! += weight * values[at + c]!;
    }
  }
  return result;
}

function latticePosition(value: number, size: number): [low: number, share: number] {
  const position = clamp01(value) * (size - 1);
  const low = Math.min(size - 2, Math.floor(position));
  return [low, position - low];
}

function clamp01(value: number): number {
  return value > 0 ? Math.min(1, value) : 0;
}

/**
 * The table as a `.cube` file (Adobe, "Cube LUT Specification" 1.0): red varies fastest. The title is reduced to ASCII without
 * quotes, which is all that the format can hold.
 */
export function cubeText({ size, values }: Pick<LookupTable, 'size' | 'values'>, title: string): string {
  const lines = [`TITLE "${title.replace(/[^ -~]|"/g, '?').slice(0, 200)}"`, `LUT_3D_SIZE ${size}`];
  for (let point = 0; point < size ** 3; point++) {
    const red = point % size;
    const green = Math.floor(point / size) % size;
    const blue = Math.floor(point / size ** 2);
    const at = ((red * size + green) * size + blue) * 3;
    lines.push(`${decimal(values[at]!)} ${decimal(values[at + 1]!)} ${decimal(values[at + 2]!)}`);
  }
  return `${lines.join('\n')}\n`;
}

function decimal(value: number): string {
  return value.toFixed(6);
}
