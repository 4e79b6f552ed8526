import { convertColor, WORKING_GRAY, WORKING_RGB, type PixelMeaning } from './color-conversion.ts';
import type { FakeDocument } from './fake-document.ts';
import type { FakeSession } from './fake-session.ts';
import type { FakeImageData } from './image-data.ts';
import { colorsOf } from './layer-state.ts';
import { checkedOptions, integer, pixelLayer, requiredImageData } from './option-checks.ts';
import {
  createSamples,
  EMPTY_RECT,
  heightOf,
  rectOf,
  sampleIndex,
  toCode,
  union,
  widthOf,
  writableSurface,
  type Rect,
  type Surface,
} from './surface.ts';

/** `imaging.putPixels`. @throws Error where Photoshop would */
export function putPixels(session: FakeSession, raw: unknown): void {
  const known = ['documentID', 'layerID', 'imageData', 'replace', 'targetBounds', 'commandName'];
  const options = checkedOptions('putPixels', raw, known);
  const document = session.openDocument(options['documentID'] as number | undefined);
  const layer = pixelLayer(document, integer('layerID', options['layerID']));
  if (layer.kind !== 'pixel') throw new Error(`layer ${layer.id} is a ${layer.kind}, not a pixel layer`);
  const imageData = requiredImageData(options['imageData']);
  const { bits, mode } = document.state;
  if (imageData.componentSize !== bits)
    throw new Error(`${imageData.componentSize}-bit pixels for a ${bits}-bit document`);
  const target = checkedOptions('targetBounds', options['targetBounds'] ?? { left: 0, top: 0 }, ['left', 'top']);
  const [left, top] = [integer('left', target['left']), integer('top', target['top'])];
  const rect = rectOf(left, top, imageData.width, imageData.height);
  const existing = options['replace'] === false ? layer.surface : undefined;
  const empty: Surface = {
    rect: EMPTY_RECT,
    components: colorsOf(mode) + (layer.isBackground ? 0 : 1),
    hasAlpha: !layer.isBackground,
    samples: createSamples(imageData.componentSize, 0),
    isShared: false,
  };
  // All of the canvas at once: pixels come in strips.
  const surface = writableSurface(existing ?? empty, union(rect, document.canvas));
  writePixels(surface, rect, imageData, converterFor(document, imageData, session.options.unnamedProfile));
  layer.surface = surface;
  document.changed(typeof options['commandName'] === 'string' ? options['commandName'] : 'Put Pixels');
}

/** What pixels of another profile or mode are converted with; `undefined`: they are the document's own. */
function converterFor(
  { state }: FakeDocument,
  imageData: FakeImageData,
  unnamed: 'document' | 'working',
): ((codes: number[]) => number[]) | undefined {
  const { mode, bits, profile } = state;
  const { colorSpace, colorProfile, componentSize } = imageData;
  const pixelMode = colorSpace === 'RGB' ? 'RGBColorMode' : colorSpace === 'Lab' ? 'labColorMode' : 'grayscaleMode';
  const ownProfile = unnamed === 'document' ? profile : mode === 'RGBColorMode' ? WORKING_RGB : WORKING_GRAY;
  const from: PixelMeaning = { mode: pixelMode, profile: colorProfile || ownProfile, isLinear: bits === 32 };
  const to: PixelMeaning = { mode, profile, isLinear: bits === 32 };
  if (from.mode === to.mode && from.profile === to.profile) return undefined;
  const full = toCode(1, componentSize);
  return (codes) =>
    convertColor(
      codes.map((code) => code / full),
      from,
      to,
    ).map((value) => toCode(value, componentSize));
}

function writePixels(
  surface: Surface,
  rect: Rect,
  { components, hasAlpha, samples, componentSize }: FakeImageData,
  converter: ((codes: number[]) => number[]) | undefined,
): void {
  const rowLength = widthOf(rect) * components;
  if (converter === undefined && components === surface.components) {
    for (let row = 0; row < heightOf(rect); row++) {
      const line = samples.subarray(row * rowLength, (row + 1) * rowLength);
      surface.samples.set(line, sampleIndex(surface, rect.left, rect.top + row));
    }
    return;
  }
  const colors = components - (hasAlpha ? 1 : 0);
  for (let y = rect.top, i = 0; y < rect.bottom; y++) {
    for (let x = rect.left; x < rect.right; x++, i += components) {
      const at = sampleIndex(surface, x, y);
      const codes = Array.from(samples.subarray(i, i + colors));
      surface.samples.set(converter === undefined ? codes : converter(codes), at);
      if (surface.hasAlpha) {
        surface.samples[at + surface.components - 1] = hasAlpha ? samples[i + colors]! : toCode(1, componentSize);
      }
    }
  }
}
