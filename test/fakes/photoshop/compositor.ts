import { lookUpColor } from './device-link-reader.ts';
import { colorsOf, maskValue, type DocumentState, type LayerState } from './layer-state.ts';
import { splineLevels } from './natural-spline.ts';
import { FULL, heightOf, sampleIndex, widthOf, type Rect } from './surface.ts';

/** Choices that Adobe does not document; tests run both ways. */
export interface Undocumented {
  /** Whether CMYK curves act on light (255 = no ink) or on ink. */
  readonly cmykCurves: 'light' | 'ink';
  /** What the only channel of a Grayscale document is called in a Curves descriptor. */
  readonly grayChannel: string;
}

/** Pixels as they look: colours 0..1 (floats may go beyond), not premultiplied, and alpha 0..1. */
export interface Rendering {
  readonly rect: Rect;
  readonly colors: number;
  /** `[height][width][colors]`. */
  readonly values: Float64Array;
  /** `[height][width]`. */
  readonly alpha: Float64Array;
}

type Adjust = (color: number[]) => number[];

/** The merged visible picture of a region of the canvas. */
export function renderDocument(state: DocumentState, rect: Rect, undocumented: Undocumented): Rendering {
  const rendering = emptyRendering(rect, colorsOf(state.mode));
  renderLayers(state.layers, rendering, { state, undocumented });
  return rendering;
}

/** One layer's own pixels, without mask, opacity and blend mode. */
export function renderLayer(layer: LayerState, rect: Rect, { mode, bits }: DocumentState): Rendering {
  const rendering = emptyRendering(rect, colorsOf(mode));
  const { surface } = layer;
  if (surface === undefined || bits === 1) return rendering;
  for (let y = rect.top, i = 0; y < rect.bottom; y++) {
    for (let x = rect.left; x < rect.right; x++, i++) {
      const index = sampleIndex(surface, x, y);
      if (index < 0) continue;
      for (let c = 0; c < rendering.colors; c++) {
        rendering.values[i * rendering.colors + c] = surface.samples[index + c]! / FULL[bits];
      }
      rendering.alpha[i] = surface.hasAlpha ? surface.samples[index + surface.components - 1]! / FULL[bits] : 1;
    }
  }
  return rendering;
}

function emptyRendering(rect: Rect, colors: number): Rendering {
  const count = widthOf(rect) * heightOf(rect);
  return { rect, colors, values: new Float64Array(count * colors), alpha: new Float64Array(count) };
}

interface Scene {
  readonly state: DocumentState;
  readonly undocumented: Undocumented;
}

function renderLayers(layers: readonly LayerState[], onto: Rendering, scene: Scene): void {
  for (let i = layers.length - 1; i >= 0; i--) {
    const base = layers[i]!;
    let first = i;
    while (layers[first - 1]?.isClipping === true) first--;
    const clipped = layers.slice(first, i).reverse();
    if (isShown(base)) renderBase(base, clipped, onto, scene);
    i = first;
  }
}

function renderBase(base: LayerState, clipped: readonly LayerState[], onto: Rendering, scene: Scene): void {
  const adjust = adjustmentOf(base, scene);
  if (adjust !== undefined) {
    adjustRendering(onto, base, adjust);
    return;
  }
  const own = base.children ? emptyRendering(onto.rect, onto.colors) : renderLayer(base, onto.rect, scene.state);
  if (base.children) renderLayers(base.children, own, scene);
  for (const layer of clipped) if (isShown(layer)) clipOnto(layer, own, scene);
  blend(own, base, onto);
}

/** Layers that Photoshop ignores are as good as hidden. */
export function isShown({ visible, isIgnored }: LayerState): boolean {
  return visible && isIgnored !== true;
}

/** Onto the base's colours; the base's alpha stays. */
function clipOnto(layer: LayerState, base: Rendering, scene: Scene): void {
  const adjust = adjustmentOf(layer, scene);
  if (adjust !== undefined) {
    adjustRendering(base, layer, adjust);
    return;
  }
  const own = renderLayer(layer, base.rect, scene.state);
  eachPixel(base.rect, (x, y, i) => {
    const share = own.alpha[i]! * shareOf(layer, x, y);
    for (let c = i * base.colors; c < (i + 1) * base.colors; c++) {
      base.values[c] = base.values[c]! + (own.values[c]! - base.values[c]!) * share;
    }
  });
}

function adjustRendering(rendering: Rendering, layer: LayerState, adjust: Adjust): void {
  const { colors, values, rect } = rendering;
  eachPixel(rect, (x, y, i) => {
    const share = shareOf(layer, x, y);
    if (share === 0) return;
    const before = Array.from(values.subarray(i * colors, (i + 1) * colors));
    adjust(before).forEach((after, c) => {
      values[i * colors + c] = before[c]! + (after - before[c]!) * share;
    });
  });
}

function blend(own: Rendering, layer: LayerState, onto: Rendering): void {
  if (!['normal', 'passThrough', 'multiply'].includes(layer.blendMode)) {
    throw new Error(`the fake does not know blend mode ${layer.blendMode}`);
  }
  const { colors } = onto;
  eachPixel(onto.rect, (x, y, i) => {
    const over = own.alpha[i]! * shareOf(layer, x, y);
    if (over === 0) return;
    const under = onto.alpha[i]!;
    const alpha = over + under * (1 - over);
    for (let c = i * colors; c < (i + 1) * colors; c++) {
      const [top, bottom] = [own.values[c]!, onto.values[c]!];
      const mixed = layer.blendMode === 'multiply' ? top * (1 - under) + top * bottom * under : top;
      // Exactly the top's value where it is opaque.
      onto.values[c] = over === 1 ? mixed : (mixed * over + bottom * under * (1 - over)) / alpha;
    }
    onto.alpha[i] = alpha;
  });
}

function shareOf(layer: LayerState, x: number, y: number): number {
  return (maskValue(layer.mask, x, y) * layer.opacity * layer.fillOpacity) / 10_000;
}

function eachPixel({ left, top, right, bottom }: Rect, visit: (x: number, y: number, index: number) => void): void {
  for (let y = top, index = 0; y < bottom; y++) {
    for (let x = left; x < right; x++, index++) visit(x, y, index);
  }
}

/** What an adjustment layer does to one colour; `undefined`: the layer is none. */
function adjustmentOf(layer: LayerState, { state, undocumented }: Scene): Adjust | undefined {
  if (layer.kind === 'curves') return curvesOf(layer, state, undocumented);
  if (layer.kind === 'colorLookup') {
    const { lookup } = layer;
    return lookup === undefined ? (color) => color : (color) => lookUpColor(lookup, color);
  }
  return undefined;
}

function curvesOf(
  { curves = [] }: LayerState,
  { mode }: DocumentState,
  { cmykCurves, grayChannel }: Undocumented,
): Adjust {
  const channels = channelNames(mode, grayChannel);
  const levelsOf = (name: string): number[] | undefined => {
    const curve = curves.find(({ channel }) => channel === name);
    return curve && splineLevels(curve.points);
  };
  const own = channels.map(levelsOf);
  const composite = mode === 'RGBColorMode' || mode === 'CMYKColorMode' ? levelsOf('composite') : undefined;
  const isInk = mode === 'CMYKColorMode' && cmykCurves === 'ink';
  return (color) =>
    color.map((value, c) => {
      const input = isInk ? 1 - value : value;
      const output = through(composite, through(own[c], input));
      return isInk ? 1 - output : output;
    });
}

/** The names that a Curves descriptor may use in a mode, in the order of the colours. */
export function channelNames(mode: string, grayChannel: string): string[] {
  if (mode === 'grayscaleMode') return [grayChannel];
  if (mode === 'CMYKColorMode') return ['cyan', 'magenta', 'yellow', 'black'];
  return mode === 'labColorMode' ? ['lightness', 'a', 'b'] : ['red', 'green', 'blue'];
}

function through(levels: readonly number[] | undefined, value: number): number {
  if (levels === undefined) return value;
  const position = Math.min(1, Math.max(0, value)) * 255;
  const low = Math.min(254, Math.floor(position));
  return (levels[low]! + (position - low) * (levels[low + 1]! - levels[low]!)) / 255;
}
