import { CELL_COEFFICIENTS } from '@evenlight/models';
import * as tfl from '@tensorflow/tfjs-layers';
import * as z from 'zod/mini';
import { beginCounting, PIXEL_COUNTS } from './pixel-counts.ts';

const positiveInt = z.int().check(z.gte(1));

/**
 * `grid`: picture → bilateral grid of affine colour transforms. An encoder–decoder with symmetric additive skips after Mao et
 * al. 2016 (arXiv 1606.08921), whose decoder stops at the size of the grid (HDRnet's output form, Gharbi et al. 2017):
 * one stride-2 level per width, a global branch added to the bottleneck, then `upLevels` levels of bilinear up-sampling.
 * Transposed 2×2 convolutions would print their dot pattern into the grid, hence bilinear up-sampling and convolution.
 */
export const gridNetworkSchema = z
  .strictObject({
    type: z.literal('grid'),
    /** Channels of each stride-2 encoder level. */
    widths: z.array(positiveInt).check(z.minLength(2)),
    /** Levels of the decoder; the grid's side is size / 2^(widths − upLevels). */
    upLevels: positiveInt,
    gridDepth: positiveInt,
    /** An "is anything wrong" output in 0..1 that scales the whole correction. */
    gate: z.boolean(),
    /**
     * Whether the gate and the global branch see learned counts over all pixels: how much of the picture has one, two or
     * three clipped channels, deep blacks, pale mid-tones. Pooled features of the deepest level alone do not tell an over-exposed
     * picture from one that is bright on purpose.
     */
    counts: z._default(z.boolean(), false),
    /**
     * How many of the encoder's last levels, up to all, the gate has for itself, with counts and a global branch of its own. What is wrong and
     * what to do about it can then be learned one after the other, and neither takes anything from the other.
     */
    gateLevels: z.optional(positiveInt),
  })
  .check(
    z.refine(
      ({ gate, counts, gateLevels = 0, widths }) => gateLevels === 0 || (gate && counts && gateLevels <= widths.length),
      { error: 'needs gate and counts, and no more levels than there are', path: ['gateLevels'] },
    ),
  );

export type GridNetworkSpec = z.infer<typeof gridNetworkSchema>;

/** Name of the layer that holds the gate; training reads it, the exported model only multiplies by it. */
export function gateLayerOf({ counts }: GridNetworkSpec): string {
  // Two names: a gate with evidence has other weights, and begins anew when a run starts from a network without.
  return counts ? 'wrong' : 'gate';
}

const COUNTS_LAYER = 'counts';

/** The layers that every gate has for itself. */
const DECIDING = ['gate', 'wrong', 'wrong_hidden'];

/** What the names of the layers begin with that a gate with levels of its own does not share. */
const OWN = 'gate_';

/** The gate's layers that are few, and may start from random weights in an older network. */
export function learnsFast(layer: string): boolean {
  return [...DECIDING, COUNTS_LAYER, OWN + COUNTS_LAYER].includes(layer);
}

/**
 * For a layer that serves the gate alone, the one that has its place in a network whose gate has no levels of its own; otherwise
 * undefined.
 */
export function layerOfSharedGate(layer: string): string | undefined {
  if (layer.startsWith(OWN)) return layer.slice(OWN.length);
  return DECIDING.includes(layer) ? layer : undefined;
}

/** The convolutions of the encoder's first `count` levels. */
export function layersOfLevels(count: number): string[] {
  return Array.from({ length: count }, (_, level) => [`down${level + 1}a`, `down${level + 1}b`]).flat();
}

/** Units between the evidence and the gate. */
const GATE_WIDTH = 64;

/** Name of the layer that answers with the grid: its last dimension is gridDepth·12. */
export const GRID_LAYER = 'grid';

/**
 * Builds the network: input `[batch, size, size, 3]` sRGB-encoded 0..1, output `[batch, grid, grid, gridDepth·12]`, the
 * difference from the identity transform. It begins as the identity: the last convolution starts at zero.
 */
export function buildGridNetwork(spec: GridNetworkSpec, size: number, seed: number): tfl.LayersModel {
  const layer = new LayerFactory(seed);
  const input = tfl.input({ shape: [size, size, 3], name: 'picture' });
  const picked = spec.counts ? pickPixels(input) : undefined;
  const levels = encode(layer, input, spec.widths);
  const seen = lookAtAll(layer, levels, picked);
  const deepest = levels.at(-1)!;
  let x = apply(tfl.layers.add({ name: 'add_global' }), [
    deepest,
    layer.reshape(seen.global, spec.widths.at(-1)!, 'global_map'),
  ]);
  for (let level = 0; level < spec.upLevels; level++) {
    const skip = levels[levels.length - 2 - level]!;
    const width = spec.widths[spec.widths.length - 2 - level]!;
    x = apply(tfl.layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear', name: `up${level + 1}` }), x);
    x = layer.conv(x, width, { name: `up${level + 1}a`, activation: 'linear' });
    x = apply(tfl.layers.add({ name: `skip${level + 1}` }), [x, skip]);
    x = apply(tfl.layers.activation({ activation: 'relu', name: `skip${level + 1}_relu` }), x);
    x = layer.conv(x, width, { name: `up${level + 1}b` });
  }
  let grid = layer.conv(x, spec.gridDepth * CELL_COEFFICIENTS, {
    name: GRID_LAYER,
    kernelSize: 1,
    activation: 'linear',
    zero: true,
  });
  const own = spec.gateLevels ?? 0;
  if (spec.gate) {
    const gate = buildGate(
      layer,
      own === 0 ? seen : lookOfItsOwn(layer, { input, levels, own, widths: spec.widths, picked }),
    );
    grid = apply(tfl.layers.multiply({ name: 'gated' }), [grid, layer.reshape(gate, 1, 'gate_map')]);
  }
  const model = tfl.model({ inputs: input, outputs: grid, name: 'grid' });
  if (spec.counts) beginCounting(model.getLayer(COUNTS_LAYER));
  if (spec.gate && spec.counts && own > 0) beginCounting(model.getLayer(OWN + COUNTS_LAYER));
  return model;
}

/** The levels of an encoder, each half the size of the one before; `from`: the first ones are there already, `x` is the last of them. */
function encode(
  layer: LayerFactory,
  x: tfl.SymbolicTensor,
  widths: readonly number[],
  { from = 0, prefix = '' } = {},
): tfl.SymbolicTensor[] {
  const levels: tfl.SymbolicTensor[] = [];
  let last = x;
  for (const [level, width] of widths.entries()) {
    if (level < from) continue;
    last = layer.conv(last, width, { name: `${prefix}down${level + 1}a`, strides: 2 });
    last = layer.conv(last, width, { name: `${prefix}down${level + 1}b` });
    levels.push(last);
  }
  return levels;
}

/** What is known of the whole picture. */
interface Overview {
  /** How it is exposed, `[batch, width of the deepest level]`. */
  readonly global: tfl.SymbolicTensor;
  /** Everything that a gate with counts decides by. */
  readonly evidence: tfl.SymbolicTensor[] | undefined;
}

function lookAtAll(
  layer: LayerFactory,
  levels: readonly tfl.SymbolicTensor[],
  picked: tfl.SymbolicTensor | undefined,
  prefix = '',
): Overview {
  const pooled = globalFeatures(layer, levels.at(-1)!, prefix);
  if (picked === undefined) return { global: pooled, evidence: undefined };
  const counts = countPixels(layer, picked, prefix);
  const global = addCounts(layer, pooled, counts, prefix);
  const evidence = [global, counts, means(levels[1]!, `${prefix}means2`)];
  return { global, evidence: [...evidence, means(levels.at(-2)!, `${prefix}means${levels.length - 1}`)] };
}

/** The same for the gate alone, by `own` levels of its own behind the first ones of the encoder. */
function lookOfItsOwn(
  layer: LayerFactory,
  parts: {
    readonly input: tfl.SymbolicTensor;
    readonly levels: readonly tfl.SymbolicTensor[];
    readonly own: number;
    readonly widths: readonly number[];
    readonly picked: tfl.SymbolicTensor | undefined;
  },
): Overview {
  const { input, own, widths, picked } = parts;
  const from = widths.length - own;
  const shared = parts.levels.slice(0, from);
  const levels = [...shared, ...encode(layer, shared.at(-1) ?? input, widths, { from, prefix: OWN })];
  return lookAtAll(layer, levels, picked, OWN);
}

/** Pools the bottleneck to a quarter of its cells and mixes everything into one vector: how the whole picture is exposed. */
function globalFeatures(layer: LayerFactory, bottleneck: tfl.SymbolicTensor, prefix: string): tfl.SymbolicTensor {
  const width = bottleneck.shape.at(-1)!;
  const pooled = apply(tfl.layers.averagePooling2d({ poolSize: 2, strides: 2, name: `${prefix}pool` }), bottleneck);
  const flat = apply(tfl.layers.flatten({ name: `${prefix}flat` }), pooled);
  const hidden = layer.dense(flat, width, { name: `${prefix}global1`, activation: 'relu' });
  return layer.dense(hidden, width, { name: `${prefix}global2`, activation: 'relu' });
}

/**
 * The pixels that are counted, every fourth in each direction. They are picked before the convolution: TensorFlow 2.21 with oneDNN
 * writes beyond its memory on some processors for the gradient of a 1×1 convolution with a stride, and the process ends.
 */
function pickPixels(input: tfl.SymbolicTensor): tfl.SymbolicTensor {
  return apply(tfl.layers.averagePooling2d({ poolSize: 1, strides: 4, name: 'counted' }), input);
}

/** A learned histogram: what share of the pixels answers to each of some thresholds on its colour. */
function countPixels(layer: LayerFactory, picked: tfl.SymbolicTensor, prefix: string): tfl.SymbolicTensor {
  return means(layer.conv(picked, PIXEL_COUNTS, { name: prefix + COUNTS_LAYER, kernelSize: 1 }), `${prefix}means0`);
}

function means(x: tfl.SymbolicTensor, name: string): tfl.SymbolicTensor {
  return apply(tfl.layers.globalAveragePooling2d({ name }), x);
}

/** Begins as `pooled` alone. */
function addCounts(
  layer: LayerFactory,
  pooled: tfl.SymbolicTensor,
  counts: tfl.SymbolicTensor,
  prefix: string,
): tfl.SymbolicTensor {
  const options = { name: `${prefix}global_counts`, activation: 'linear', zero: true } as const;
  const added = layer.dense(counts, pooled.shape[1]!, options);
  return apply(tfl.layers.add({ name: `${prefix}global_with_counts` }), [pooled, added]);
}

/**
 * "Is anything wrong", 0..1, from the global features, or from everything that is known of the whole picture: then in two answers,
 * too bright and too dark (flat pictures are one or the other). What is bright on purpose must be told from what is too bright
 * alone, what is dark on purpose from what is too dark.
 */
function buildGate(layer: LayerFactory, { global, evidence }: Overview): tfl.SymbolicTensor {
  if (evidence === undefined) return layer.dense(global, 1, { name: 'gate', activation: 'sigmoid', bias: 2 });
  const joined = apply(tfl.layers.concatenate({ name: 'evidence' }), evidence);
  const hidden = layer.dense(joined, GATE_WIDTH, { name: 'wrong_hidden', activation: 'relu' });
  const ways = layer.dense(hidden, 2, { name: 'wrong', activation: 'sigmoid' });
  // Too bright or too dark: the sum of the two, at most 1.
  const either = tfl.layers.dense({
    units: 1,
    useBias: false,
    trainable: false,
    kernelInitializer: 'ones',
    name: 'either',
  });
  return apply(tfl.layers.reLU({ maxValue: 1, name: 'at_most_one' }), apply(either, ways));
}

function apply(
  layer: { apply(x: tfl.SymbolicTensor | tfl.SymbolicTensor[]): unknown },
  x: tfl.SymbolicTensor | tfl.SymbolicTensor[],
): tfl.SymbolicTensor {
  return layer.apply(x) as tfl.SymbolicTensor; // a symbolic input always gives one symbolic output for these layers
}

interface LayerOptions {
  readonly name: string;
  readonly activation?: 'relu' | 'linear' | 'sigmoid';
  readonly kernelSize?: number;
  readonly strides?: number;
  readonly zero?: boolean;
  readonly bias?: number;
}

/** Makes layers whose initial weights follow from one seed. */
class LayerFactory {
  #seed: number;

  constructor(seed: number) {
    this.#seed = seed * 1000 + 1;
  }

  conv(x: tfl.SymbolicTensor, filters: number, options: LayerOptions): tfl.SymbolicTensor {
    const { name, activation = 'relu', kernelSize = 3, strides = 1, zero = false } = options;
    const kernelInitializer = zero ? tfl.initializers.zeros() : this.#heNormal();
    return apply(
      tfl.layers.conv2d({ filters, kernelSize, strides, padding: 'same', activation, kernelInitializer, name }),
      x,
    );
  }

  dense(x: tfl.SymbolicTensor, units: number, options: LayerOptions): tfl.SymbolicTensor {
    const { name, activation = 'relu', bias = 0, zero = false } = options;
    const biasInitializer = tfl.initializers.constant({ value: bias });
    const kernelInitializer = zero ? tfl.initializers.zeros() : this.#heNormal();
    return apply(tfl.layers.dense({ units, activation, kernelInitializer, biasInitializer, name }), x);
  }

  reshape(x: tfl.SymbolicTensor, channels: number, name: string): tfl.SymbolicTensor {
    return apply(tfl.layers.reshape({ targetShape: [1, 1, channels], name }), x);
  }

  #heNormal(): ReturnType<typeof tfl.initializers.heNormal> {
    return tfl.initializers.heNormal({ seed: this.#seed++ });
  }
}
