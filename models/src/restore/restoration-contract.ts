import * as z from 'zod/mini';
import { contractFields, count, parseContractAs, pixelInput } from '../contract-fields.ts';

/**
 * Measured on photographs that were darkened, made noisy and lifted again: cleaned everywhere; `automatic*` as products clean them
 * with the amount `auto`; `lifted*` left as they are.
 */
const score = z.readonly(
  z.object({
    set: z.string(),
    images: count,
    psnr: z.number(),
    ssim: z.number(),
    automaticPsnr: z.optional(z.number()),
    automaticSsim: z.optional(z.number()),
    liftedPsnr: z.number(),
    liftedSsim: z.number(),
  }),
);

const contract = z.readonly(
  z.object({
    ...contractFields,
    kind: z.literal('restoration'),
    /** See `restorationInput`. A tile of any size whose sides are multiples of `multipleOf`. */
    input: z.readonly(
      z.object({
        ...pixelInput,
        channels: z.literal(4),
        multipleOf: count.check(z.maximum(64)),
        /** How far, in pixels, a pixel influences others. */
        reach: count.check(z.maximum(512)),
      }),
    ),
    /** What is to be added to the corrected picture, `[1, height, width, 3]`: see `addResidual`. */
    output: z.readonly(z.object({ kind: z.literal('residual'), channels: z.literal(3) })),
    scores: z.optional(z.readonly(z.array(score))),
  }),
);

/** What a model that cleans corrected pictures is: `models/<name>/contract.json` of the kind `restoration`. */
export type RestorationContract = z.infer<typeof contract>;

/**
 * Reads a parsed `contract.json` of the kind `restoration`.
 *
 * @throws ModelError `BAD_CONTRACT`; the message names each field and what is wrong with it
 */
export function parseRestorationContract(json: unknown): RestorationContract {
  return parseContractAs(contract, json);
}
