import {
  adjustedMeasurementSteps,
  applyToProxy,
  correctionFromOutput,
  correctionSteps,
  createCorrection,
  createTestPicture,
  DEFAULT_ADJUSTMENT,
  fitCorrection,
  measureCorrection,
  type ModelContract,
  type ProxyImage,
  runSteps,
  type SceneView,
  sha256Hex,
  sha256Steps,
  type Steps,
} from '@evenlight/models';
import { effectSteps } from '@evenlight/models/src/fix/measure-effect.ts';
import { inPieces } from '@evenlight/test/fixtures/in-pieces.ts';
import { describe, expect, it } from 'vitest';
import { LUMA_GUIDE } from './pictures.ts';

const SIZE = { width: 256, height: 256 };
const GRID = { gridWidth: 32, gridHeight: 32, gridDepth: 16 };
const proxy = underClippedSky(createTestPicture(3, SIZE));
const view: SceneView = { proxy, scene: proxy, box: { left: 0, top: 0, ...SIZE } };
const gridOutput = wave(32 * 32 * 16 * 12);
const lifting = createCorrection({ ...GRID, guide: LUMA_GUIDE, coefficients: gridOutput.map((value) => value + 0.4) });

/** Numbers within ±0.05. */
function wave(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(i) / 20);
}

function underClippedSky({ pixels, ...size }: ProxyImage): ProxyImage {
  return { ...size, pixels: pixels.map((value, i) => (i < pixels.length / 8 ? 1 : value)) };
}

/** What is read of a contract here; the network's files do not matter. */
function contractOf(kind: 'grid' | 'image'): ModelContract {
  return { name: 'waving', kind, guide: LUMA_GUIDE, output: GRID } as unknown as ModelContract;
}

describe('work in pieces', () => {
  it('has the same result all at once', () => {
    const count = function* (): Steps<string> {
      yield;
      yield;
      return 'done';
    };
    expect(inPieces(count())).toEqual({ pieces: 3, result: 'done' });
    expect(runSteps(count())).toBe('done');
  });

  it("makes a correction of a grid network's output", () => {
    const { pieces, result } = inPieces(correctionSteps(contractOf('grid'), gridOutput, view));
    expect(result).toEqual(correctionFromOutput(contractOf('grid'), gridOutput, view));
    expect(pieces).toBeGreaterThanOrEqual(15);
  });

  it("makes a correction of a picture network's output", () => {
    const small = createTestPicture(3, { width: 64, height: 64 });
    const seen = { proxy: small, scene: small, box: { left: 0, top: 0, width: 64, height: 64 } };
    const output = small.pixels.map((value) => value * 0.8);
    const { pieces, result } = inPieces(correctionSteps(contractOf('image'), output, seen));
    const grid = { gridWidth: 4, gridHeight: 4, gridDepth: 8, guide: LUMA_GUIDE };
    expect(result).toEqual(fitCorrection(small, { ...small, pixels: output }, grid));
    expect(pieces).toBeGreaterThanOrEqual(20);
  });

  it('measures what a correction does', () => {
    const { pieces, result } = inPieces(adjustedMeasurementSteps(proxy, lifting, DEFAULT_ADJUSTMENT));
    expect(result).toEqual(measureCorrection(proxy, applyToProxy(lifting, DEFAULT_ADJUSTMENT, proxy)));
    expect(pieces).toBeGreaterThanOrEqual(14);
  });

  it('measures the effect at two strengths', () => {
    const { pieces, result } = inPieces(effectSteps(proxy, lifting, { adjustment: { strength: 0.3, evBias: 0 } }));
    const [weak, full] = [0.3, 1].map((strength) =>
      measureCorrection(proxy, applyToProxy(lifting, { strength, evBias: 0 }, proxy)),
    );
    expect(result).toEqual({
      measurement: weak,
      effect: { asPredicted: full!.meanDeltaE, asAdjusted: weak!.meanDeltaE },
    });
    expect(pieces).toBeGreaterThanOrEqual(22);
  });

  it('hashes a file', () => {
    const bytes = Uint8Array.from({ length: 2 ** 20 + 5 }, (_, i) => i % 251);
    const { pieces, result } = inPieces(sha256Steps(bytes));
    expect(result).toBe(sha256Hex(bytes));
    expect(pieces).toBeGreaterThanOrEqual(16);
  });
});
