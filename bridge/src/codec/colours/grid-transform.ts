/** A colour transform as a grid of its results, fast enough for every pixel: integers in, 16-bit integers out. */
export interface GridTransform {
  readonly inputs: number;
  readonly outputs: number;
  apply(from: GridInput, to: GridOutput): void;
}

export interface GridInput {
  readonly samples: Uint8Array | Uint16Array;
  /** Samples a pixel; those beyond the transform's inputs are not read. */
  readonly stride: number;
  /** The code that stands for 1. */
  readonly max: number;
}

export interface GridOutput {
  readonly samples: Uint16Array;
  /** Samples a pixel; those beyond the transform's outputs are left alone. */
  readonly stride: number;
}

/**
 * Computes a transform at the points of a grid. Between them it is linear inside simplices (Kasson et al., "Performing color space
 * conversions with three-dimensional linear interpolation", 1995): n + 1 points a colour instead of 2^n.
 *
 * @param at values 0..1 to values 0..1
 */
export function createGridTransform(
  inputs: 3 | 4,
  outputs: 3 | 4,
  points: number,
  at: (values: readonly number[]) => readonly number[],
): GridTransform {
  const grid = new Float32Array(points ** inputs * outputs);
  const place = Array<number>(inputs).fill(0);
  for (let index = 0; index < points ** inputs; index++) {
    let rest = index;
    for (let channel = inputs - 1; channel >= 0; channel--) {
      place[channel] = (rest % points) / (points - 1);
      rest = Math.floor(rest / points);
    }
    const result = at(place);
    for (let output = 0; output < outputs; output++) {
      grid[index * outputs + output] = Math.max(0, Math.min(1, result[output] ?? 0)) * 65_535;
    }
  }
  const strides = Array.from({ length: inputs }, (_, channel) => outputs * points ** (inputs - 1 - channel));
  return { inputs, outputs, apply: (from, to) => walk({ grid, strides, inputs, outputs, points }, from, to) };
}

interface Grid {
  readonly grid: Float32Array;
  readonly strides: readonly number[];
  readonly inputs: number;
  readonly outputs: number;
  readonly points: number;
}

function walk({ grid, strides, inputs, outputs, points }: Grid, source: GridInput, target: GridOutput): void {
  const { samples: from, stride: fromStride, max } = source;
  const { samples: to, stride: toStride } = target;
  const scale = (points - 1) / max;
  const parts = new Float64Array(inputs);
  const order = new Uint8Array(inputs);
  const steps = Float64Array.from(strides);
  const pixels = from.length / fromStride;
  for (let pixel = 0; pixel < pixels; pixel++) {
    let base = 0;
    for (let channel = 0; channel < inputs; channel++) {
      const place = from[pixel * fromStride + channel]! * scale;
      const low = Math.min(points - 2, Math.floor(place));
      const part = place - low;
      base += low * steps[channel]!;
      // Insertion sort, largest fraction first: interpolation steps along that channel first.
      let slot = channel;
      while (slot > 0 && parts[order[slot - 1]!]! < part) {
        order[slot] = order[slot - 1]!;
        slot--;
      }
      order[slot] = channel;
      parts[channel] = part;
    }
    for (let output = 0; output < outputs; output++) {
      let corner = base + output;
      let value = grid[corner]! * (1 - parts[order[0]!]!);
      for (let step = 0; step < inputs; step++) {
        corner += steps[order[step]!]!;
        const next = step + 1 < inputs ? parts[order[step + 1]!]! : 0;
        value += grid[corner]! * (parts[order[step]!]! - next);
      }
      to[pixel * toStride + output] = value + 0.5;
    }
  }
}
