import type { LayerInfo, LayerKind, PixelBounds } from '../host.ts';
import type { DocumentApi, LayerApi, RectangleApi } from './photoshop-api.ts';

const ADJUSTMENT_KINDS: ReadonlySet<string> = new Set([
  'blackAndWhite',
  'brightnessContrast',
  'channelMixer',
  'colorBalance',
  'colorLookup',
  'curves',
  'exposure',
  'gradientMap',
  'hueSaturation',
  'inversion',
  'levels',
  'photoFilter',
  'posterize',
  'selectiveColor',
  'threshold',
  'vibrance',
]);

export function describeLayer(layer: LayerApi): LayerInfo {
  return { id: layer.id, name: layer.name, kind: layerKind(layer), isVisible: isShown(layer) };
}

function layerKind({ kind, isBackgroundLayer }: LayerApi): LayerKind {
  if (isBackgroundLayer) return 'background';
  if (kind === 'pixel' || kind === 'group') return kind;
  if (kind === 'smartObject') return 'smart-object';
  return kind !== null && ADJUSTMENT_KINDS.has(kind) ? 'adjustment' : 'other';
}

/** Visible, and in no hidden group. */
function isShown(layer: LayerApi): boolean {
  for (let ancestor: LayerApi | null = layer; ancestor !== null; ancestor = ancestor.parent) {
    if (!ancestor.visible) return false;
  }
  return true;
}

export function isGroup({ kind }: LayerApi): boolean {
  return kind === 'group';
}

export function isVisibleLayer({ visible }: LayerApi): boolean {
  return visible;
}

/** Photoshop adds nothing to a locked group. */
export function isInLockedGroup({ parent }: LayerApi): boolean {
  for (let group = parent; group !== null; group = group.parent) if (group.allLocked === true) return true;
  return false;
}

/** Every layer and group, from top to bottom. */
export function* allLayers(layers: ArrayLike<LayerApi>): Generator<LayerApi> {
  for (const layer of Array.from(layers)) {
    yield layer;
    if (layer.layers) yield* allLayers(layer.layers);
  }
}

export function findLayer(document: DocumentApi, layerId: number): LayerApi | undefined {
  for (const layer of allLayers(document.layers)) if (layer.id === layerId) return layer;
  return undefined;
}

/** The layers that lie in the same group as this one, from top to bottom. */
export function siblings(document: DocumentApi, layer: LayerApi): readonly LayerApi[] {
  return Array.from(layer.parent?.layers ?? document.layers);
}

/** Where the rectangle lies on the canvas; `undefined`: not at all. */
export function onCanvas(document: DocumentApi, rectangle: RectangleApi): PixelBounds | undefined {
  const left = Math.max(0, Math.floor(rectangle.left));
  const top = Math.max(0, Math.floor(rectangle.top));
  const width = Math.min(document.width, Math.ceil(rectangle.right)) - left;
  const height = Math.min(document.height, Math.ceil(rectangle.bottom)) - top;
  return width > 0 && height > 0 ? { left, top, width, height } : undefined;
}
