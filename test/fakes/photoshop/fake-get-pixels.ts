import { convertColor, WORKING_GRAY, WORKING_RGB, type PixelMeaning } from './color-conversion.ts';
import { isShown, renderDocument, renderLayer, type Rendering } from './compositor.ts';
import type { FakeDocument } from './fake-document.ts';
import type { FakeSession } from './fake-session.ts';
import { FakeImageData, type ImageDataInit } from './image-data.ts';
import type { LayerState } from './layer-state.ts';
import { checkedOptions, integer, pixelLayer, rectangle } from './option-checks.ts';
import {
  createSamples,
  EMPTY_RECT,
  heightOf,
  intersection,
  isEmptyRect,
  rectOf,
  sampleIndex,
  toCode,
  union,
  visibleRect,
  widthOf,
  type BitDepth,
  type Rect,
} from './surface.ts';

interface PixelRequest {
  readonly document: FakeDocument;
  readonly layer: LayerState | undefined;
  /** Of the pixels that are returned, at full size. */
  readonly rect: Rect;
  readonly size: { readonly width: number; readonly height: number };
  readonly level: number;
  readonly bits: BitDepth;
  readonly colorSpace: ImageDataInit['colorSpace'];
  readonly profile: string | undefined;
  readonly applyAlpha: boolean;
}

/** `imaging.getPixels`. @throws Error where Photoshop would */
export function getPixels(session: FakeSession, raw: unknown, profiles: readonly string[]): object {
  const request = parseRequest(session, raw, profiles);
  const { document, layer, rect, size, level } = request;
  const copied = copiedPixels(request, session);
  if (copied) return { imageData: new FakeImageData(copied, session.ledger), sourceBounds: { ...rect }, level: 0 };
  const full = layer ? renderLayer(layer, rect, document.state) : renderDocument(document.state, rect, session.options);
  const scaled = scale(full, size);
  const imageData = new FakeImageData(convert(scaled, request, session), session.ledger);
  const shrink = 2 ** level;
  const sourceBounds = {
    left: Math.floor(rect.left / shrink),
    top: Math.floor(rect.top / shrink),
    right: Math.ceil(rect.right / shrink),
    bottom: Math.ceil(rect.bottom / shrink),
  };
  return { imageData, sourceBounds, level };
}

const OPTIONS = [
  'documentID',
  'layerID',
  'historyStateID',
  'sourceBounds',
  'targetSize',
  'colorSpace',
  'colorProfile',
  'componentSize',
  'applyAlpha',
];

function parseRequest(session: FakeSession, raw: unknown, profiles: readonly string[]): PixelRequest {
  const options = checkedOptions('getPixels', raw, OPTIONS);
  const document = asItWas(
    session.openDocument(options['documentID'] as number | undefined),
    options['historyStateID'],
  );
  const { mode, bits: documentBits } = document.state;
  const layer =
    options['layerID'] === undefined ? undefined : pixelLayer(document, integer('layerID', options['layerID']));
  const available = layer ? document.boundsOf(layer) : document.contentBounds();
  const wanted = options['sourceBounds'] === undefined ? available : rectangle(options['sourceBounds']);
  const rect = trim(session, { document, layer, rect: intersection(wanted, available) });
  if (isEmptyRect(rect)) throw new Error('the requested region has no pixels');
  const own =
    mode === 'grayscaleMode'
      ? 'Grayscale'
      : mode === 'labColorMode'
        ? 'Lab'
        : mode === 'RGBColorMode'
          ? 'RGB'
          : undefined;
  const colorSpace = options['colorSpace'] ?? own;
  if (colorSpace !== 'RGB' && colorSpace !== 'Grayscale' && colorSpace !== 'Lab') {
    throw new Error(`pixels of ${mode} cannot be returned as ${JSON.stringify(colorSpace)}: ask for RGB`);
  }
  const bits = componentSize(options['componentSize'], documentBits);
  const profile = profileOf(options['colorProfile'], { colorSpace, own, document, profiles });
  const { size, level } = targetSize(options['targetSize'], rect, session.options.cacheLevels);
  return { document, layer, rect, size, level, bits, colorSpace, profile, applyAlpha: options['applyAlpha'] === true };
}

/** A document in an earlier state of its history. */
function asItWas(document: FakeDocument, historyStateId: unknown): FakeDocument {
  if (historyStateId === undefined) return document;
  const then = document.history.find(({ id }) => id === historyStateId);
  if (then === undefined) throw new Error(`there is no history state ${JSON.stringify(historyStateId)}`);
  return Object.create(document, { state: { value: then.state } }) as FakeDocument;
}

/** To the region that has pixels. */
function trim(
  session: FakeSession,
  { document, layer, rect }: { document: FakeDocument; layer: LayerState | undefined; rect: Rect },
): Rect {
  if (session.options.trimming === 'layer' || isEmptyRect(rect)) return rect;
  if (layer) return layer.surface ? visibleRect(layer.surface, rect) : EMPTY_RECT;
  const { alpha } = renderDocument(document.state, rect, session.options);
  let found = EMPTY_RECT;
  alpha.forEach((value, i) => {
    if (value > 0)
      found = union(found, rectOf(rect.left + (i % widthOf(rect)), rect.top + Math.floor(i / widthOf(rect)), 1, 1));
  });
  return found;
}

function componentSize(value: unknown, documentBits: BitDepth | 1): BitDepth {
  const own = documentBits === 1 ? 8 : documentBits;
  if (value === undefined || value === -1) return own;
  if (value === 8 || value === 16 || value === 32) return value;
  throw new Error(`componentSize is ${JSON.stringify(value)}`);
}

function profileOf(
  value: unknown,
  {
    colorSpace,
    own,
    document,
    profiles,
  }: { colorSpace: string; own: string | undefined; document: FakeDocument; profiles: readonly string[] },
): string | undefined {
  if (value === undefined || value === '') {
    if (colorSpace === own) return document.state.profile;
    return colorSpace === 'Grayscale' ? WORKING_GRAY : colorSpace === 'Lab' ? 'Lab D50' : WORKING_RGB;
  }
  if (typeof value !== 'string' || !profiles.includes(value))
    throw new Error(`there is no profile ${JSON.stringify(value)}`);
  return value;
}

/** A smaller picture comes from a smaller copy that Photoshop keeps, and its bounds are that copy's. */
function targetSize(
  value: unknown,
  rect: Rect,
  cacheLevels: number,
): { size: { width: number; height: number }; level: number } {
  const own = { width: widthOf(rect), height: heightOf(rect) };
  if (value === undefined) return { size: own, level: 0 };
  const { width, height } = checkedOptions('targetSize', value, ['width', 'height']) as {
    width?: number;
    height?: number;
  };
  if (width === undefined && height === undefined) throw new Error('targetSize has neither width nor height');
  const size = {
    width: width ?? Math.max(1, Math.round((own.width * height!) / own.height)),
    height: height ?? Math.max(1, Math.round((own.height * width!) / own.width)),
  };
  const shrink = Math.min(own.width / size.width, own.height / size.height);
  return { size, level: Math.max(0, Math.min(cacheLevels - 1, Math.floor(Math.log2(shrink)))) };
}

/** The short way for one plain layer in its own meaning: big documents are read often. */
function copiedPixels(request: PixelRequest, session: FakeSession): ImageDataInit | undefined {
  const { document, rect, size, bits, colorSpace, profile, applyAlpha } = request;
  const { state } = document;
  const layer = request.layer ?? onlyPlainLayer(state.layers);
  const isOwn =
    colorSpace === 'RGB' && state.mode === 'RGBColorMode' && profile === state.profile && bits === state.bits;
  const isFull = size.width === widthOf(rect) && size.height === heightOf(rect);
  if (layer?.surface === undefined || !isOwn || !isFull || applyAlpha) return undefined;
  const { surface } = layer;
  if (intersection(surface.rect, rect) === EMPTY_RECT || !isEqualRect(intersection(surface.rect, rect), rect))
    return undefined;
  const rowLength = size.width * surface.components;
  const samples = createSamples(bits, rowLength * size.height);
  for (let row = 0; row < size.height; row++) {
    const from = sampleIndex(surface, rect.left, rect.top + row);
    samples.set(surface.samples.subarray(from, from + rowLength), row * rowLength);
  }
  const colorProfile = profile === undefined ? '' : session.profileName(document);
  return { ...size, components: surface.components, colorSpace, colorProfile, samples };
}

function onlyPlainLayer(layers: readonly LayerState[]): LayerState | undefined {
  const visible = layers.filter(isShown);
  const layer = visible.length === 1 ? visible[0] : undefined;
  const isPlain =
    layer?.kind === 'pixel' && layer.opacity === 100 && layer.fillOpacity === 100 && layer.mask === undefined;
  return isPlain ? layer : undefined;
}

function isEqualRect(a: Rect, b: Rect): boolean {
  return a.left === b.left && a.top === b.top && a.right === b.right && a.bottom === b.bottom;
}

/** By averaging; alpha weighs the colours. */
function scale(full: Rendering, { width, height }: { width: number; height: number }): Rendering {
  const [fullWidth, fullHeight] = [widthOf(full.rect), heightOf(full.rect)];
  if (width === fullWidth && height === fullHeight) return full;
  const { colors } = full;
  const values = new Float64Array(width * height * colors);
  const alpha = new Float64Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const [top, bottom] = span(y, height, fullHeight);
    for (let x = 0; x < width; x++, i++) {
      const [left, right] = span(x, width, fullWidth);
      let weight = 0;
      for (let v = top; v < bottom; v++) {
        for (let u = left; u < right; u++) {
          const from = v * fullWidth + u;
          weight += full.alpha[from]!;
          for (let c = 0; c < colors; c++)
            values[i * colors + c]! += full.values[from * colors + c]! * full.alpha[from]!;
        }
      }
      for (let c = 0; c < colors && weight > 0; c++) values[i * colors + c]! /= weight;
      alpha[i] = weight / ((bottom - top) * (right - left));
    }
  }
  return { rect: rectOf(0, 0, width, height), colors, values, alpha };
}

function span(index: number, count: number, length: number): [first: number, end: number] {
  const first = Math.min(length - 1, Math.floor((index * length) / count));
  return [first, Math.max(first + 1, Math.ceil(((index + 1) * length) / count))];
}

function convert(rendering: Rendering, request: PixelRequest, session: FakeSession): ImageDataInit {
  const { document, layer, bits, colorSpace, profile, applyAlpha } = request;
  const from: PixelMeaning = {
    mode: document.state.mode,
    profile: document.state.profile,
    isLinear: document.state.bits === 32,
  };
  const mode = colorSpace === 'RGB' ? 'RGBColorMode' : colorSpace === 'Lab' ? 'labColorMode' : 'grayscaleMode';
  const to: PixelMeaning = { mode, profile, isLinear: bits === 32 };
  const isOpaque = layer
    ? layer.isBackground
    : document.state.layers.some(({ isBackground, visible }) => isBackground && visible);
  // AdobeDocs/uxp-photoshop issue 501: Grayscale and Lab come without alpha even where there is transparency.
  const hasAlpha = !isOpaque && !applyAlpha && colorSpace === 'RGB';
  const colors = colorSpace === 'Grayscale' ? 1 : 3;
  const components = colors + (hasAlpha ? 1 : 0);
  const count = rendering.alpha.length;
  const samples = createSamples(bits, count * components);
  for (let i = 0; i < count; i++) {
    const own = Array.from(rendering.values.subarray(i * rendering.colors, (i + 1) * rendering.colors));
    const color = convertColor(own, from, to);
    const alpha = rendering.alpha[i]!;
    color.forEach((value, c) => {
      samples[i * components + c] = toCode(hasAlpha || alpha === 1 ? value : value * alpha + 1 - alpha, bits);
    });
    if (hasAlpha) samples[i * components + colors] = toCode(alpha, bits);
  }
  const { width, height } = request.size;
  const colorProfile =
    profile === undefined ? '' : profile === document.state.profile ? session.profileName(document) : profile;
  return { width, height, components, colorSpace, colorProfile, samples };
}
