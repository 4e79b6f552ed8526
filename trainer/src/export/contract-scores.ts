import os from 'node:os';
import * as z from 'zod/mini';

const intervalSchema = z.object({ mean: z.number() });
const methodSchema = z.object({ psnr: intervalSchema, ssim: intervalSchema, deltaE: intervalSchema });

/** The part of `npm run evaluate -- --json` that the contract repeats. */
export const evaluationSchema = z.object({
  sets: z.array(
    z.object({
      set: z.string(),
      images: z.int(),
      model: methodSchema,
      identity: methodSchema,
      autoGamma: methodSchema,
    }),
  ),
  leaveAloneMean: z.optional(z.number()),
  keep: z._default(
    z.array(
      z.object({
        kind: z.string(),
        isWellExposed: z.boolean(),
        images: z.int(),
        deltaE: intervalSchema,
        changed: z.number(),
        codes: z.number(),
      }),
    ),
    [],
  ),
  white: z.optional(z.number()),
});

/** The part of `npm run evaluate:restoration -- --json` that the contract repeats. */
export const restorationEvaluationSchema = z.object({
  sets: z.array(
    z.object({
      set: z.string(),
      images: z.int(),
      psnr: z.number(),
      ssim: z.number(),
      automaticPsnr: z.optional(z.number()),
      automaticSsim: z.optional(z.number()),
      liftedPsnr: z.number(),
      liftedSsim: z.number(),
    }),
  ),
});

/** A set's scores as a contract says them. */
export function contractScore({
  set,
  images,
  model,
  identity,
  autoGamma,
}: z.infer<typeof evaluationSchema>['sets'][number]) {
  const round = (value: number): number => Number(value.toFixed(4));
  return {
    set,
    images,
    psnr: round(model.psnr.mean),
    ssim: round(model.ssim.mean),
    deltaE: round(model.deltaE.mean),
    identityPsnr: round(identity.psnr.mean),
    autoGammaPsnr: round(autoGamma.psnr.mean),
  };
}

/** When and where. */
export function measured(): { date: string; machine: string } {
  const [cpu] = os.cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${os.cpus().length} × ${cpu?.model.trim() ?? os.arch()}`,
  };
}
