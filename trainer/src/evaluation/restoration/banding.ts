import { applyToProxy, type Correction, DEFAULT_ADJUSTMENT } from '@evenlight/models';
import { type Camera, develop } from '../../degrade/camera.ts';
import { exposureCorrection } from '../../degrade/lift.ts';
import type { TrainingPicture } from '../../degrade/training-picture.ts';
import { codesOf } from './evaluate-restoration.ts';
import type { Cleaner } from './cleaner.ts';

/** The codes of one channel along a smooth gradient. */
export interface GradientCodes {
  /** How many different codes there are. */
  readonly levels: number;
  /** The largest and the mean difference between two neighbouring levels. */
  readonly largestStep: number;
  readonly meanStep: number;
}

/** A smooth sky that was over-exposed, kept in 8 bits and darkened again. */
export interface BandedSky {
  readonly ev: number;
  readonly overexposed: TrainingPicture;
  readonly corrected: TrainingPicture;
  readonly restored: TrainingPicture;
  /** The sky as a right exposure in 8 bits has it. */
  readonly target: TrainingPicture;
  /** Of the green channel of each. */
  readonly codes: Readonly<Record<'overexposed' | 'corrected' | 'restored' | 'target', GradientCodes>>;
  /** How many pixels the restoration changed. */
  readonly changed: number;
}

const SIZE = { width: 256, height: 256 };
/** A camera with a strong shoulder, as most have: see `Camera`. */
const CAMERA: Camera = { n: 0.9, sigma: 0.12 };
/** Scene light of a clear sky from the horizon up, right exposed: red, green and blue at the bottom and at the top. */
const HORIZON = [0.2, 0.23, 0.25] as const;
const ZENITH = [0.06, 0.1, 0.17] as const;

/** Measures how coarse a sky becomes that a correction takes back by `ev`, and what a restoration does about it. */
export async function measureBanding(cleaner: Cleaner, evs: readonly number[]): Promise<BandedSky[]> {
  const skies: BandedSky[] = [];
  for (const ev of evs) {
    const overexposed = sky(ev);
    const correction: Correction = exposureCorrection(CAMERA, Array<number>(9).fill(-ev), 0.5);
    const { pixels } = applyToProxy(correction, DEFAULT_ADJUSTMENT, overexposed);
    const corrected = { ...SIZE, pixels: codesOf(pixels) };
    const picture = { name: 'sky', original: overexposed, lifted: corrected, correction };
    const [cleaned] = await cleaner.clean([picture], cleaner.strengths[0]!);
    const restored = { ...SIZE, pixels: codesOf(cleaned!) };
    const target = sky(0);
    const codes = {
      overexposed: gradientCodes(overexposed),
      corrected: gradientCodes(corrected),
      restored: gradientCodes(restored),
      target: gradientCodes(target),
    };
    const changed = restored.pixels.filter((value, i) => value !== corrected.pixels[i]).length;
    skies.push({ ev, overexposed, corrected, restored, target, codes, changed });
  }
  return skies;
}

/** A sky that is over-exposed by `ev`, in 8 bits. */
function sky(ev: number): TrainingPicture {
  const pixels = new Float32Array(SIZE.width * SIZE.height * 3);
  for (let i = 0; i < pixels.length; i++) {
    const c = i % 3;
    const height = Math.floor(i / 3 / SIZE.width) / (SIZE.height - 1);
    const light = ZENITH[c]! + height * (HORIZON[c]! - ZENITH[c]!);
    pixels[i] = develop(CAMERA, 2 ** ev * light);
  }
  return { ...SIZE, pixels: codesOf(pixels) };
}

/** The codes of green in a picture whose rows are a smooth gradient. */
export function gradientCodes({ pixels }: TrainingPicture): GradientCodes {
  const codes = new Set<number>();
  for (let i = 1; i < pixels.length; i += 3) codes.add(Math.round(255 * pixels[i]!));
  const sorted = [...codes].sort((a, b) => a - b);
  const steps = sorted.slice(1).map((code, i) => code - sorted[i]!);
  const sum = steps.reduce((total, step) => total + step, 0);
  return {
    levels: sorted.length,
    largestStep: Math.max(0, ...steps),
    meanStep: steps.length === 0 ? 0 : sum / steps.length,
  };
}

/** Measurements for people, in columns. */
export function bandingTable(skies: readonly BandedSky[]): string {
  const lines = ['8-bit sky taken back by                  levels   largest step   mean step (codes)'];
  for (const { ev, codes, changed } of skies) {
    for (const [name, { levels, largestStep, meanStep }] of Object.entries(codes)) {
      const cells = [String(levels).padStart(8), String(largestStep).padStart(14), meanStep.toFixed(2).padStart(11)];
      lines.push(`  ${`${ev} EV, ${name}`.padEnd(36)}${cells.join(' ')}`);
    }
    lines.push(`  ${ev} EV, values that the restoration changed: ${changed}`);
  }
  return lines.join('\n');
}
