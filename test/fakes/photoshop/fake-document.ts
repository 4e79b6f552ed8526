import { GRAY_PROFILES, RGB_PROFILES } from './color-conversion.ts';
import {
  colorsOf,
  eachLayer,
  findLayer,
  snapshot,
  type ColorMode,
  type DocumentState,
  type LayerPlace,
  type LayerState,
  type Mask,
} from './layer-state.ts';
import {
  createSamples,
  EMPTY_RECT,
  intersection,
  rectOf,
  tightRect,
  union,
  type BitDepth,
  type Rect,
  type Samples,
} from './surface.ts';

/** A mask or a selection as tests give it: a rectangle, fully selected unless `values` say otherwise. */
export interface MaskOptions {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly values?: Uint8Array;
}

export interface FakeLayerOptions {
  readonly name?: string;
  /** Default: pixel. */
  readonly kind?: 'background' | 'pixel' | 'group' | 'artboard' | 'smartObject' | 'text' | 'curves';
  /** Default: the canvas. */
  readonly left?: number;
  readonly top?: number;
  readonly width?: number;
  readonly height?: number;
  /** Interleaved, in Photoshop's range: colours and alpha; a background has no alpha. Default: all zero. */
  readonly pixels?: Samples;
  readonly opacity?: number;
  readonly blendMode?: string;
  readonly isVisible?: boolean;
  readonly isClipped?: boolean;
  readonly isLocked?: boolean;
  readonly mask?: MaskOptions;
  /** Of a group, from top to bottom. */
  readonly layers?: readonly FakeLayerOptions[];
}

export interface FakeDocumentOptions {
  readonly title?: string;
  readonly mode?: ColorMode;
  readonly bits?: BitDepth | 1;
  readonly width: number;
  readonly height: number;
  /** `null`: untagged. Default: sRGB, Gray Gamma 2.2. */
  readonly profile?: string | null;
  readonly resolution?: number;
  /** From top to bottom. Default: one background. */
  readonly layers?: readonly FakeLayerOptions[];
  readonly selection?: MaskOptions;
  readonly isQuickMask?: boolean;
  /** By name. Default: the topmost layer. */
  readonly activeLayer?: string;
}

/** Ids are unique in a session of Photoshop. */
export class IdSource {
  #next = 1;

  take(): number {
    return this.#next++;
  }
}

/** A document's content and history, behind the DOM objects that plugins see. */
export class FakeDocument {
  readonly id: number;
  readonly title: string;
  readonly resolution: number;
  readonly ids: IdSource;
  state: DocumentState;
  isOpen = true;
  isSuspended = false;
  /** Since its history was suspended. */
  isModified = false;
  readonly history: { readonly id: number; readonly name: string; readonly state: DocumentState }[] = [];

  constructor(options: FakeDocumentOptions, ids: IdSource) {
    this.ids = ids;
    this.id = ids.take();
    this.title = options.title ?? `Untitled-${this.id}`;
    this.resolution = options.resolution ?? 72;
    this.state = this.#initialState(options);
    this.addHistoryState('Open');
  }

  get activeHistoryId(): number {
    return this.history.at(-1)!.id;
  }

  get canvas(): Rect {
    return rectOf(0, 0, this.state.width, this.state.height);
  }

  addHistoryState(name: string): void {
    this.history.push({ id: this.ids.take(), name, state: snapshot(this.state) });
  }

  /** After every change. */
  changed(name: string): void {
    if (this.isSuspended) this.isModified = true;
    else this.addHistoryState(name);
  }

  undo(): void {
    if (this.history.length < 2) throw new Error('there is nothing to undo');
    this.history.pop();
    this.state = snapshot(this.history.at(-1)!.state);
  }

  /** @throws Error if there is no such layer (any more) */
  layer(id: number): LayerState {
    const place = findLayer(this.state.layers, id);
    if (place === undefined) throw new Error(`layer ${id} does not exist in document ${this.id}`);
    return place.layer;
  }

  /** Where there are pixels: of a layer without effects, of a group the union of what is in it. */
  boundsOf(layer: LayerState): Rect {
    if (layer.children)
      return layer.children.reduce((bounds, child) => union(bounds, this.boundsOf(child)), EMPTY_RECT);
    if (layer.surface) return tightRect(layer.surface);
    return layer.kind === 'pixel' ? EMPTY_RECT : this.canvas;
  }

  /** Where the merged picture has pixels. */
  contentBounds(): Rect {
    const visible = [...eachLayer(this.state.layers)].filter((layer) => layer.visible && layer.surface !== undefined);
    const bounds = visible.reduce((sum, layer) => union(sum, this.boundsOf(layer)), EMPTY_RECT);
    return intersection(bounds, this.canvas);
  }

  /**
   * Above the active layer; on top of all when none is active; into a group that is active, as an open one takes them.
   *
   * @throws Error if that group, or one around the active layer, is locked
   */
  insertAboveActive(layer: LayerState): void {
    const active = this.state.activeIds[0];
    const place = active === undefined ? undefined : findLayer(this.state.layers, active);
    if (place !== undefined && this.#isInLockedGroup(place))
      throw new Error('Could not complete your request because the layer is locked.');
    if (place === undefined) this.state.layers.unshift(layer);
    else if (place.layer.children) place.layer.children.unshift(layer);
    else place.siblings.splice(place.index, 0, layer);
    this.state.activeIds = [layer.id];
  }

  #isInLockedGroup({ layer, parent }: LayerPlace): boolean {
    if (layer.children !== undefined && layer.isLocked === true) return true;
    for (let group = parent; group !== undefined; group = findLayer(this.state.layers, group.id)?.parent) {
      if (group.isLocked === true) return true;
    }
    return false;
  }

  #initialState(options: FakeDocumentOptions): DocumentState {
    const { mode = 'RGBColorMode', bits = 8, width, height, selection } = options;
    const state: DocumentState = {
      mode,
      bits,
      profile: options.profile === null ? undefined : (options.profile ?? defaultProfile(mode)),
      width,
      height,
      layers: [],
      activeIds: [],
      selection: selection && maskOf(selection, 0),
      isQuickMask: options.isQuickMask,
    };
    state.layers = (options.layers ?? [{ kind: 'background' as const }]).map((layer) =>
      this.#createLayer(layer, state),
    );
    const active = options.activeLayer
      ? [...eachLayer(state.layers)].find(({ name }) => name === options.activeLayer)
      : state.layers[0];
    state.activeIds = active ? [active.id] : [];
    return state;
  }

  #createLayer(options: FakeLayerOptions, state: DocumentState): LayerState {
    const { kind = 'pixel', left = 0, top = 0, width = state.width, height = state.height } = options;
    const isBackground = kind === 'background';
    const isGroup = kind === 'group' || kind === 'artboard';
    const components = colorsOf(state.mode) + (isBackground ? 0 : 1);
    const bits = state.bits === 1 ? 8 : state.bits;
    const hasPixels = isBackground || kind === 'pixel' || kind === 'smartObject' || kind === 'text';
    const samples = options.pixels ?? createSamples(bits, width * height * components);
    if (hasPixels && samples.length !== width * height * components) {
      throw new Error(
        `layer "${options.name ?? kind}" has ${samples.length} samples, needs ${width * height * components}`,
      );
    }
    return {
      id: this.ids.take(),
      name: options.name ?? (isBackground ? 'Background' : kind),
      kind: isBackground ? 'pixel' : kind === 'artboard' ? 'group' : kind,
      isBackground,
      visible: options.isVisible ?? true,
      opacity: options.opacity ?? 100,
      fillOpacity: 100,
      blendMode: options.blendMode ?? (isGroup ? 'passThrough' : 'normal'),
      isClipping: options.isClipped ?? false,
      isLocked: options.isLocked,
      isArtboard: kind === 'artboard',
      mask: options.mask && maskOf(options.mask, 0),
      ...(kind === 'curves' && { curves: [] }),
      ...(hasPixels && {
        surface: {
          rect: rectOf(left, top, width, height),
          components,
          hasAlpha: !isBackground,
          samples: samples.slice(),
          isShared: false,
        },
      }),
      ...(isGroup && { children: (options.layers ?? []).map((child) => this.#createLayer(child, state)) }),
    };
  }
}

function maskOf({ left, top, width, height, values }: MaskOptions, outside: number): Mask {
  return {
    rect: rectOf(left, top, width, height),
    values: values?.slice() ?? new Uint8Array(width * height).fill(255),
    outside,
  };
}

function defaultProfile(mode: ColorMode): string {
  if (mode === 'CMYKColorMode') return 'U.S. Web Coated (SWOP) v2';
  if (mode === 'labColorMode') return 'Lab D50';
  return mode === 'RGBColorMode' ? RGB_PROFILES[0]! : GRAY_PROFILES[0]!;
}
