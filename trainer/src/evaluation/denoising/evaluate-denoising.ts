import { psnr, ssim } from '@evenlight/models';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { TrainingPicture } from '../../degrade/training-picture.ts';
import { runTfjs } from '../../export/parity.ts';
import { Random } from '../../random.ts';

/** Means over all pictures at one strength of noise. */
export interface NoiseScore {
  /** Standard deviation of the noise, in 8-bit codes. */
  readonly sigma: number;
  readonly images: number;
  /** Of the denoised pictures: PSNR in dB and SSIM. */
  readonly psnr: number;
  readonly ssim: number;
  /** The same of the noisy ones. */
  readonly noisyPsnr: number;
  readonly noisySsim: number;
}

/** Networks take sides that are divisible by this. */
const MULTIPLE = 8;

/**
 * RED-Net's own task (Mao, Shen and Yang 2016, arXiv 1606.08921, section 4.1): gray pictures with Gaussian noise. The network is not told
 * how strong the noise is. Noise is not clipped before the network sees it; what it answers is clipped to 0..1 before it is measured.
 *
 * @param network picture → picture, `[1, height, width, 3]`, 0..1
 * @param pictures gray, `[height][width][3]` with three equal channels, 0..1
 * @param sigmas standard deviations in 8-bit codes
 */
export function evaluateDenoising(
  network: LayersModel,
  pictures: readonly TrainingPicture[],
  { sigmas, seed }: { readonly sigmas: readonly number[]; readonly seed: number },
): NoiseScore[] {
  return sigmas.map((sigma) => {
    const scores = pictures.map((clean, index) => {
      const noisy = withNoise(clean, sigma / 255, Random.for(seed, index));
      return { after: nearness(denoise(network, noisy), clean), before: nearness(noisy, clean) };
    });
    const mean = (value: (score: (typeof scores)[number]) => number): number =>
      scores.reduce((sum, score) => sum + value(score), 0) / scores.length;
    return {
      ...{ sigma, images: pictures.length },
      ...{ psnr: mean(({ after }) => after.psnr), ssim: mean(({ after }) => after.ssim) },
      ...{ noisyPsnr: mean(({ before }) => before.psnr), noisySsim: mean(({ before }) => before.ssim) },
    };
  });
}

/** The same noise in all channels. */
function withNoise({ width, height, pixels }: TrainingPicture, sigma: number, random: Random): TrainingPicture {
  const noisy = new Float32Array(pixels.length);
  for (let i = 0; i < noisy.length; i += 3) noisy.fill(pixels[i]! + sigma * random.normal(), i, i + 3);
  return { width, height, pixels: noisy };
}

/** The mean of the channels that the network answers with, in all three. */
function denoise(network: LayersModel, noisy: TrainingPicture): TrainingPicture {
  const { width, height } = noisy;
  const extended = extend(noisy);
  const answer = runTfjs(network, extended);
  const pixels = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * extended.width + x) * 3;
      const mean = (answer[from]! + answer[from + 1]! + answer[from + 2]!) / 3;
      pixels.fill(mean, (y * width + x) * 3, (y * width + x) * 3 + 3);
    }
  }
  return { width, height, pixels };
}

/** Repeats the last column and row until the sides fit the network. */
function extend({ width, height, pixels }: TrainingPicture): TrainingPicture {
  const fit = (side: number): number => Math.ceil(side / MULTIPLE) * MULTIPLE;
  const size = { width: fit(width), height: fit(height) };
  const extended = new Float32Array(size.width * size.height * 3);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const from = (Math.min(y, height - 1) * width + Math.min(x, width - 1)) * 3;
      extended.set(pixels.subarray(from, from + 3), (y * size.width + x) * 3);
    }
  }
  return { ...size, pixels: extended };
}

function nearness({ width, height, pixels }: TrainingPicture, clean: TrainingPicture) {
  const shown = pixels.map((value) => Math.min(1, Math.max(0, value)));
  return { psnr: psnr(shown, clean.pixels), ssim: ssim(shown, clean.pixels, width, height) };
}
