import type { BitDepth, Rect, Surface } from './surface.ts';

export type ColorMode =
  | 'RGBColorMode'
  | 'grayscaleMode'
  | 'CMYKColorMode'
  | 'labColorMode'
  | 'indexedColorMode'
  | 'bitmapMode'
  | 'duotoneMode'
  | 'multichannelMode';

/** A layer mask or a selection: bytes within `rect`, one value for everything outside. */
export interface Mask {
  readonly rect: Rect;
  readonly values: Uint8Array;
  readonly outside: number;
}

/** Points of one channel of a Curves adjustment, in levels. */
export interface CurveState {
  readonly channel: string;
  readonly points: readonly { readonly input: number; readonly output: number }[];
}

/** What a Color Lookup layer computes with; `undefined` values: it leaves pixels as they are. */
export interface LookupState {
  readonly size: number;
  /** `[red][green][blue][3]`, 0..1. */
  readonly table: Float64Array;
}

export interface LayerState {
  readonly id: number;
  name: string;
  /** As `LayerKind` of Photoshop's constants: pixel, group, curves, colorLookup, smartObject, text, … */
  readonly kind: string;
  readonly isBackground: boolean;
  visible: boolean;
  opacity: number;
  fillOpacity: number;
  blendMode: string;
  isClipping: boolean;
  /** All of it: nothing in a locked group can be changed or added. */
  isLocked?: boolean | undefined;
  /** Photoshop has it and shows nothing of it. */
  isIgnored?: boolean | undefined;
  isArtboard?: boolean | undefined;
  surface?: Surface | undefined;
  mask?: Mask | undefined;
  curves?: readonly CurveState[] | undefined;
  lookup?: LookupState | undefined;
  xmp?: string | undefined;
  /** Of a group, from top to bottom. */
  children?: LayerState[] | undefined;
}

/** Everything that undo brings back. */
export interface DocumentState {
  mode: ColorMode;
  bits: BitDepth | 1;
  /** Without the suffix of 32-bit documents; `undefined`: untagged. */
  profile: string | undefined;
  width: number;
  height: number;
  /** From top to bottom. */
  layers: LayerState[];
  activeIds: number[];
  selection: Mask | undefined;
  /** Edit ▸ Quick Mask Mode. */
  isQuickMask?: boolean | undefined;
}

/** A copy for the history; pixels are shared and copied when they are written to. */
export function snapshot(state: DocumentState): DocumentState {
  return { ...state, layers: state.layers.map(snapshotLayer), activeIds: [...state.activeIds] };
}

function snapshotLayer(layer: LayerState): LayerState {
  if (layer.surface) layer.surface.isShared = true;
  return { ...layer, ...(layer.children && { children: layer.children.map(snapshotLayer) }) };
}

/** A layer and the list it is in. */
export interface LayerPlace {
  readonly layer: LayerState;
  readonly siblings: LayerState[];
  readonly index: number;
  readonly parent: LayerState | undefined;
}

export function findLayer(layers: LayerState[], id: number, parent?: LayerState): LayerPlace | undefined {
  for (const [index, layer] of layers.entries()) {
    if (layer.id === id) return { layer, siblings: layers, index, parent };
    const inside = layer.children && findLayer(layer.children, id, layer);
    if (inside) return inside;
  }
  return undefined;
}

export function* eachLayer(layers: readonly LayerState[]): Generator<LayerState> {
  for (const layer of layers) {
    yield layer;
    if (layer.children) yield* eachLayer(layer.children);
  }
}

/** 0..1. */
export function maskValue(mask: Mask | undefined, x: number, y: number): number {
  if (mask === undefined) return 1;
  const { left, top, right, bottom } = mask.rect;
  if (x < left || x >= right || y < top || y >= bottom) return mask.outside / 255;
  return mask.values[(y - top) * (right - left) + x - left]! / 255;
}

/** How many colours a pixel has; 0 for modes without layers of pixels. */
export function colorsOf(mode: ColorMode): number {
  if (mode === 'grayscaleMode' || mode === 'indexedColorMode' || mode === 'bitmapMode' || mode === 'duotoneMode')
    return 1;
  return mode === 'CMYKColorMode' || mode === 'multichannelMode' ? 4 : 3;
}
