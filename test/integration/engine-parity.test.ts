import { createApplier, type Correction, DEFAULT_ADJUSTMENT } from '@evenlight/models';
import { type EngineKind, ENGINES } from '@evenlight/test/fixtures/open-engine.ts';
import { type Photograph, readPhotographs } from '@evenlight/test/fixtures/plugin/photographs.ts';
import { makePluginFolder, type PluginFolder } from '@evenlight/test/fixtures/plugin/plugin-folder.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** How far corrections of two engines may be apart … */
const CORRECTION_TOLERANCE = 1e-3;
/** … and the codes 0..255 of the pixels that come of them. */
const PIXEL_TOLERANCE = 1;

/** What says that the engine is the one that is meant. */
const DESCRIPTIONS: Readonly<Record<EngineKind, RegExp>> = {
  'bridge, native TensorFlow': /^native TensorFlow 2/,
  'bridge, WebAssembly': /^WebAssembly \(TensorFlow\.js/,
  webview: /^onnxruntime-web .*, WebAssembly, 1 thread \(/,
  'in-engine, shared memory': /^onnxruntime-web .*, 1 thread, shared memory$/,
  'in-engine, ordinary memory': /^onnxruntime-web .*, 1 thread, ordinary memory$/,
  plain: /^TypeScript, 1 thread$/,
};

/** The network was trained with it: what the others are compared with. */
const REFERENCE: EngineKind = 'bridge, native TensorFlow';
const others = (Object.keys(ENGINES) as EngineKind[]).filter((kind) => kind !== REFERENCE);

let folder: PluginFolder;
let photographs: readonly Photograph[];
let expected: readonly Correction[];

beforeAll(async () => {
  folder = await makePluginFolder();
  photographs = await readPhotographs({ width: 256, height: 256 });
  expected = await predictAll(REFERENCE);
});
afterAll(() => folder.remove());

async function predictAll(kind: EngineKind): Promise<Correction[]> {
  const { engine, predict, close } = await ENGINES[kind](folder);
  try {
    const corrections: Correction[] = [];
    for (const { proxy } of photographs) corrections.push(await predict(proxy, 'exposure'));
    expect(engine.description).toMatch(DESCRIPTIONS[kind]);
    return corrections;
  } finally {
    await close();
  }
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = a.length === b.length ? 0 : Infinity;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

function fixed({ image }: Photograph, correction: Correction): Uint8Array {
  const output = new Uint8Array(image.pixels.length);
  const applier = createApplier(correction, DEFAULT_ADJUSTMENT, image);
  applier.applyRows(image.pixels, output, { firstRow: 0, rowCount: image.height });
  return output;
}

describe('on ten photographs', () => {
  it('which all differ from each other', () => {
    expect(photographs).toHaveLength(10);
    for (const [i, one] of photographs.entries()) {
      for (const other of photographs.slice(i + 1)) {
        const difference = largestDifference(one.proxy.pixels, other.proxy.pixels);
        expect(difference, `${one.name} and ${other.name}`).toBeGreaterThan(0.2);
      }
    }
  });

  it('native TensorFlow changes those that are badly exposed, each in its own way', () => {
    const isBad = ({ name }: Photograph): boolean => /-(under|over)\./.test(name);
    const bad = photographs.filter(isBad);
    expect(bad).toHaveLength(4);
    const corrections = bad.map((photo) => expected[photographs.indexOf(photo)]!);
    for (const [i, photo] of bad.entries()) {
      expect(largestDifference(fixed(photo, corrections[i]!), photo.image.pixels), photo.name).toBeGreaterThan(20);
    }
    // An engine that gave every photograph the same answer would not pass for one that agrees. Those that are well exposed get
    // the same one for good: nothing is to be changed.
    for (const [i, one] of corrections.entries()) {
      for (const other of corrections.slice(i + 1)) {
        expect(largestDifference(one.coefficients, other.coefficients)).toBeGreaterThan(10 * CORRECTION_TOLERANCE);
      }
    }
  });

  it.each(others)('%s agrees with native TensorFlow', async (kind) => {
    const corrections = await predictAll(kind);
    for (const [i, photo] of photographs.entries()) {
      const [got, wanted] = [corrections[i]!, expected[i]!];
      const apart = largestDifference(got.coefficients, wanted.coefficients);
      expect(apart, photo.name).toBeLessThanOrEqual(CORRECTION_TOLERANCE);
      const codesApart = largestDifference(fixed(photo, got), fixed(photo, wanted));
      expect(codesApart, photo.name).toBeLessThanOrEqual(PIXEL_TOLERANCE);
    }
  });
});
