import type { FakeSession } from './fake-session.ts';
import { FakeImageData } from './image-data.ts';
import type { Mask } from './layer-state.ts';
import { checkedOptions, integer, requiredImageData } from './option-checks.ts';
import { heightOf, intersection, isEmptyRect, rectOf, union, widthOf, type Rect } from './surface.ts';

/** What a mask holds where it was never written to: not documented, so it is a value that nobody would choose. */
const NEVER_WRITTEN = 77;
const MASK_PROFILE = 'Gray Gamma 2.2';

/** The parts of the imaging API that deal with masks and selections: one gray component each. */
export function createMaskApi(session: FakeSession): object {
  return {
    getSelection: async (raw: unknown) => {
      await session.enter('getSelection');
      const options = checkedOptions('getSelection', raw, ['documentID', 'sourceBounds', 'targetSize']);
      const document = session.openDocument(options['documentID'] as number | undefined);
      const { selection } = document.state;
      if (selection === undefined) throw new Error('there is no selection');
      // The selection's own rectangle, whatever was asked for.
      const rect = intersection(selection.rect, document.canvas);
      return {
        imageData: maskImage(session, cut(selection, rect), rect, session.options.selectionBits),
        sourceBounds: { ...rect },
      };
    },
    putSelection: async (raw: unknown) => {
      await session.enter('putSelection');
      const options = checkedOptions('putSelection', raw, [
        'documentID',
        'imageData',
        'replace',
        'targetBounds',
        'commandName',
      ]);
      const document = session.openDocument(options['documentID'] as number | undefined);
      const given = givenMask(options);
      const existing = options['replace'] === false ? document.state.selection : undefined;
      document.state.selection = paste(existing, given, 0);
      document.changed('Put Selection');
    },
    getLayerMask: async (raw: unknown) => {
      await session.enter('getLayerMask');
      const options = checkedOptions('getLayerMask', raw, [
        'documentID',
        'layerID',
        'kind',
        'sourceBounds',
        'targetSize',
      ]);
      const document = session.openDocument(options['documentID'] as number | undefined);
      const { mask } = document.layer(integer('layerID', options['layerID']));
      if (mask === undefined) throw new Error('the layer has no mask');
      return { imageData: maskImage(session, mask.values, mask.rect, 8), sourceBounds: { ...mask.rect } };
    },
    putLayerMask: async (raw: unknown) => {
      await session.enter('putLayerMask');
      const options = checkedOptions('putLayerMask', raw, [
        'documentID',
        'layerID',
        'kind',
        'imageData',
        'replace',
        'targetBounds',
        'commandName',
      ]);
      if ((options['kind'] ?? 'user') !== 'user') throw new Error('only user masks can be written');
      const document = session.openDocument(options['documentID'] as number | undefined);
      const layer = document.layer(integer('layerID', options['layerID']));
      if (layer.isBackground) throw new Error('a background has no mask');
      layer.mask = paste(options['replace'] === false ? layer.mask : undefined, givenMask(options), NEVER_WRITTEN);
      document.changed('Put Layer Mask');
    },
  };
}

function maskImage(session: FakeSession, values: Uint8Array, rect: Rect, bits: 8 | 16): FakeImageData {
  const samples = bits === 8 ? values.slice() : Uint16Array.from(values, (value) => Math.round((value / 255) * 32768));
  const size = { width: widthOf(rect), height: heightOf(rect) };
  return new FakeImageData(
    { ...size, components: 1, colorSpace: 'Grayscale', colorProfile: MASK_PROFILE, samples },
    session.ledger,
  );
}

function cut({ rect, values, outside }: Mask, region: Rect): Uint8Array {
  const result = new Uint8Array(widthOf(region) * heightOf(region)).fill(outside);
  const shared = intersection(rect, region);
  for (let y = shared.top; y < shared.bottom; y++) {
    const from = (y - rect.top) * widthOf(rect) + shared.left - rect.left;
    const to = (y - region.top) * widthOf(region) + shared.left - region.left;
    result.set(values.subarray(from, from + widthOf(shared)), to);
  }
  return result;
}

interface GivenMask {
  readonly rect: Rect;
  readonly values: Uint8Array;
}

function givenMask(options: Record<string, unknown>): GivenMask {
  const { components, colorSpace, width, height, samples } = requiredImageData(options['imageData']);
  if (components !== 1 || colorSpace !== 'Grayscale')
    throw new Error(`a mask of ${components} components of ${colorSpace}`);
  const bounds = checkedOptions('targetBounds', options['targetBounds'] ?? { left: 0, top: 0 }, ['left', 'top']);
  const rect = rectOf(integer('left', bounds['left']), integer('top', bounds['top']), width, height);
  if (samples instanceof Uint8Array) return { rect, values: samples };
  const full = samples instanceof Uint16Array ? 32768 : 1;
  return { rect, values: Uint8Array.from(samples, (value) => Math.round((value / full) * 255)) };
}

function paste(existing: Mask | undefined, given: GivenMask, outside: number): Mask {
  const before: Mask = existing ?? { rect: given.rect, values: new Uint8Array(0), outside };
  const rect = existing ? union(existing.rect, given.rect) : given.rect;
  const values = existing ? cut(before, rect) : new Uint8Array(widthOf(rect) * heightOf(rect));
  if (isEmptyRect(rect)) return { rect, values, outside: before.outside };
  for (let row = 0; row < heightOf(given.rect); row++) {
    const to = (given.rect.top + row - rect.top) * widthOf(rect) + given.rect.left - rect.left;
    values.set(given.values.subarray(row * widthOf(given.rect), (row + 1) * widthOf(given.rect)), to);
  }
  return { rect, values, outside: before.outside };
}
