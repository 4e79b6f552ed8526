import sharp from 'sharp';
import * as z from 'zod/mini';
import { chance, nonNegative, range } from './parameters.ts';
import { draw, type Operation } from './training-picture.ts';

const clamp = (value: number): number => (value < 0 ? 0 : value > 1 ? 1 : value);

/**
 * `noise`: photon (shot) and read noise, variance shot²·x + read² on the encoded value (the Poissonian–Gaussian model of
 * Foi et al. 2008, in the encoded domain). Area averaging to the proxy removes nearly all of a photograph's noise, so little
 * is needed for proxies. `clip: false` leaves values beyond 0..1, as papers on denoising do.
 */
export const noiseSchema = z.strictObject({
  op: z.literal('noise'),
  chance,
  shot: range,
  read: range,
  clip: z._default(z.boolean(), true),
});
export function noise(parameters: z.infer<typeof noiseSchema>): Operation {
  return ({ pixels }, random) => {
    if (!random.chance(parameters.chance)) return;
    const shot = draw(random, parameters.shot);
    const read = draw(random, parameters.read);
    for (let i = 0; i < pixels.length; i++) {
      const noisy = pixels[i]! + random.normal() * Math.sqrt(shot * shot * pixels[i]! + read * read);
      pixels[i] = parameters.clip ? clamp(noisy) : noisy;
    }
  };
}

/** `quantise`: rounds to the codes of `bits` bits, with the given chance. */
export const quantiseSchema = z.strictObject({
  op: z.literal('quantise'),
  bits: z.int().check(z.gte(1), z.lte(16)),
  chance: z._default(chance, 1),
});
export function quantise(parameters: z.infer<typeof quantiseSchema>): Operation {
  const codes = 2 ** parameters.bits - 1;
  return ({ pixels }, random) => {
    if (parameters.chance < 1 && !random.chance(parameters.chance)) return;
    for (let i = 0; i < pixels.length; i++) pixels[i] = Math.floor(clamp(pixels[i]!) * codes + 0.5) / codes;
  };
}

/**
 * `jpeg`: one round through baseline JPEG with halved colour (4:2:0) at a quality drawn from `quality` (1..100). `anyPhase`: the grid of
 * 8×8 blocks begins anywhere, as in a picture that was cropped since.
 */
export const jpegSchema = z.strictObject({
  op: z.literal('jpeg'),
  chance,
  quality: range,
  anyPhase: z._default(z.boolean(), false),
});
export function jpeg(parameters: z.infer<typeof jpegSchema>): Operation {
  return async ({ pixels, width, height }, random) => {
    if (!random.chance(parameters.chance)) return;
    const quality = Math.round(draw(random, parameters.quality));
    const [left, top] = parameters.anyPhase ? [random.integer(8), random.integer(8)] : [0, 0];
    const bytes = Uint8Array.from(pixels, (value) => Math.round(clamp(value) * 255));
    const extended = await sharp(bytes, { raw: { width, height, channels: 3 } })
      .extend({ left, top, extendWith: 'copy' })
      .raw()
      .toBuffer();
    const raw = { width: width + left, height: height + top, channels: 3 } as const;
    const file = await sharp(extended, { raw }).jpeg({ quality }).toBuffer();
    const decoded = await sharp(file).extract({ left, top, width, height }).raw().toBuffer();
    for (let i = 0; i < pixels.length; i++) pixels[i] = decoded[i]! / 255;
  };
}

/** `white-balance`: gains per channel in encoded values, 1 ± amount. */
export const whiteBalanceSchema = z.strictObject({ op: z.literal('white-balance'), amount: nonNegative });
export function whiteBalance({ amount }: z.infer<typeof whiteBalanceSchema>): Operation {
  return ({ pixels }, random) => {
    const gains = [1 + random.uniform(-amount, amount), 1, 1 + random.uniform(-amount, amount)];
    for (let i = 0; i < pixels.length; i++) pixels[i] = clamp(pixels[i]! * gains[i % 3]!);
  };
}
