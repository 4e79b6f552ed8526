import type { ModelContract } from './contract.ts';
import { CELL_COEFFICIENTS, createCorrection, identityCorrection, type Correction } from './correction.ts';
import { ModelError } from './errors.ts';
import { fitCorrectionSteps } from './fit-correction.ts';
import { keepGray } from './keep-gray.ts';
import { keepHuesSteps } from './hues/keep-hues.ts';
import { drawnCertaintySteps } from './scene/drawn-certainty.ts';
import { nightCertaintySteps } from './scene/night-certainty.ts';
import { coverSteps, type SceneView } from './scene/scene-view.ts';
import { shrinkSteps, weaken } from './shrink-correction.ts';
import { runSteps, type Steps } from './steps.ts';
import { unifyWhiteSteps } from './unify-white.ts';

/*
 * The grid that an image → image model's result is fitted with. A cell for every 16 pixels holds enough of them: on six photographs
 * a perfect answer at 128 pixels came back at full size with 44.2 dB, through 32×32 cells whatever the proxy with 39.6 dB.
 */
const PIXELS_PER_CELL = 16;
const FITTED_DEPTH = 8;
/** Coefficients added in a piece: four milliseconds before the code is compiled. */
const PIECE = 4096 * CELL_COEFFICIENTS;

/**
 * Makes a correction of a network's output. Kind `grid`: `[1, gridHeight, gridWidth, gridDepth·12]`, the difference from the
 * identity; a small change becomes smaller still ({@link shrinkSteps}), gray pictures stay gray ({@link keepGray}),
 * what was drawn and what shows an empty night sky stays as it is ({@link drawnCertaintySteps}, {@link nightCertaintySteps}), the hues of what is over-exposed are kept ({@link keepHuesSteps}), the correction of the scene covers its frame ({@link coverSteps}), and clipped white becomes the same everywhere ({@link unifyWhiteSteps}). Kind `image`: `[1, height, width, 3]` of the proxy's size, the corrected proxy, to which a grid
 * is fitted.
 *
 * @param view what the network was given: see `viewScene`
 * @throws ModelError `BAD_OUTPUT` for the wrong number of values, or values that are not finite
 */
export function correctionFromOutput(contract: ModelContract, output: Float32Array, view: SceneView): Correction {
  return runSteps(correctionSteps(contract, output, view));
}

/** {@link correctionFromOutput} in pieces. @throws ModelError `BAD_OUTPUT` */
export function* correctionSteps(contract: ModelContract, output: Float32Array, view: SceneView): Steps<Correction> {
  let badAt = 0;
  while (badAt < output.length && Number.isFinite(output[badAt])) badAt++;
  if (badAt < output.length)
    throw new ModelError('BAD_OUTPUT', `${contract.name} gave ${output[badAt]!} at ${badAt}, needs finite values`);
  yield;
  const { guide } = contract;
  const { proxy, scene, box } = view;
  if (contract.kind === 'image') {
    checkLength(contract.name, output.length, proxy.width * proxy.height * 3);
    const cells = (pixels: number): number => Math.max(1, Math.round(pixels / PIXELS_PER_CELL));
    const grid = { gridWidth: cells(proxy.width), gridHeight: cells(proxy.height), gridDepth: FITTED_DEPTH };
    return yield* fitCorrectionSteps(proxy, { ...proxy, pixels: output }, { ...grid, guide });
  }
  const { gridWidth, gridHeight, gridDepth } = contract.output;
  checkLength(contract.name, output.length, gridWidth * gridHeight * gridDepth * CELL_COEFFICIENTS);
  const identity = identityCorrection().coefficients;
  const coefficients = new Float32Array(output.length);
  for (let cell = 0; cell < output.length; cell += CELL_COEFFICIENTS) {
    if (cell % PIECE === 0) yield;
    for (let i = 0; i < CELL_COEFFICIENTS; i++) coefficients[cell + i] = output[cell + i]! + identity[i]!;
  }
  yield;
  const asSaid = createCorrection({ gridWidth, gridHeight, gridDepth, guide, coefficients });
  yield;
  const gray = keepGray(asSaid, scene);
  yield;
  const calm = yield* shrinkSteps(gray, scene);
  yield;
  const photographed = 1 - (yield* drawnCertaintySteps(scene));
  yield;
  const share = photographed * (1 - (yield* nightCertaintySteps(scene)));
  yield;
  const meant = weaken(calm, share);
  yield;
  const kept = yield* keepHuesSteps(meant, scene);
  yield;
  const covering = yield* coverSteps(kept, { box, whole: proxy });
  yield;
  return yield* unifyWhiteSteps(covering, proxy);
}

function checkLength(name: string, got: number, needed: number): void {
  if (got !== needed) throw new ModelError('BAD_OUTPUT', `${name} gave ${got} values, needs ${needed}`);
}
