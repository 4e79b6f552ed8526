import * as z from 'zod/mini';
import { contractFields, count, parseContractAs, pixelInput } from './contract-fields.ts';

const side = count.check(z.maximum(4096));
const gridSide = count.check(z.maximum(255));

const input = { ...pixelInput, width: side, height: side, channels: z.literal(3) };

const score = z.readonly(
  z.object({
    set: z.string(),
    images: count,
    psnr: z.number(),
    ssim: z.optional(z.number()),
    deltaE: z.optional(z.number()),
    identityPsnr: z.number(),
    autoGammaPsnr: z.number(),
  }),
);

const shared = {
  ...contractFields,
  /** `clamp(weights · rgb)^gamma` of the sRGB-encoded pixel gives its depth in the grid. */
  guide: z.readonly(
    z.object({
      weights: z.readonly(z.tuple([z.number(), z.number(), z.number()])),
      gamma: z.number().check(z.minimum(0.1), z.maximum(10)),
    }),
  ),
  scores: z.optional(z.readonly(z.array(score))),
};

const gridContract = z.readonly(
  z.object({
    ...shared,
    kind: z.literal('grid'),
    /** The picture is squashed to width × height. */
    input: z.readonly(z.object({ ...input, fit: z.optional(z.literal('squash')) })),
    output: z.readonly(
      z.object({ kind: z.literal('grid'), gridWidth: gridSide, gridHeight: gridSide, gridDepth: gridSide }),
    ),
  }),
);

const imageContract = z.readonly(
  z.object({
    ...shared,
    kind: z.literal('image'),
    /** The picture keeps its shape, fits inside width × height, and its sides are multiples of 8: see `proxySize`. */
    input: z.readonly(z.object({ ...input, fit: z.literal('inside'), multipleOf: z.optional(z.literal(8)) })),
    output: z.readonly(z.object({ kind: z.literal('image') })),
  }),
);

const contract = z.discriminatedUnion('kind', [gridContract, imageContract]);

/** What a model that corrects exposure is: `models/<name>/contract.json`. One that restores has a {@link RestorationContract}. */
export type ModelContract = z.infer<typeof contract>;

/** What a model's output is: a grid of transforms, or a picture. */
export const MODEL_KINDS = ['grid', 'image'] as const satisfies readonly ModelContract['kind'][];
/** `squash`: the proxy has exactly the input's size. `inside`: it keeps the picture's shape and fits into that size. */
export const PROXY_FITS = ['squash', 'inside'] as const satisfies readonly ModelContract['input']['fit'][];

/**
 * Reads a parsed `contract.json`. File paths in it are relative to the model's folder and never lead out of it.
 *
 * @throws ModelError `BAD_CONTRACT`; the message names each field and what is wrong with it
 */
export function parseContract(json: unknown): ModelContract {
  return parseContractAs(contract, json);
}

/** The fields of a contract that decide the size of the proxy. */
export interface ProxyInput {
  readonly width: number;
  readonly height: number;
  /** Default: squash. */
  readonly fit?: (typeof PROXY_FITS)[number] | undefined;
}

/** Says why a proxy, or the announced size of one, does not fit a model; `undefined` if it fits. */
export function proxyMisfit(
  { name, input }: { readonly name: string; readonly input: ProxyInput },
  { width, height, pixels }: { readonly width: number; readonly height: number; readonly pixels?: ArrayLike<number> },
): string | undefined {
  const needed = proxySize({ input }, { width, height });
  if (width !== needed.width || height !== needed.height) {
    const rule = input.fit === 'inside' ? 'multiples of 8 up to ' : '';
    return `the proxy is ${width}×${height}, model "${name}" takes ${rule}${input.width}×${input.height}`;
  }
  const length = width * height * 3;
  const hasAll = pixels === undefined || pixels.length === length;
  return hasAll ? undefined : `the proxy has ${pixels.length} values, needs ${length}`;
}

/**
 * The size of the proxy that a model wants of an image: `squash` always width × height, `inside` the image's shape scaled
 * down (never up) into width × height, both sides rounded to a multiple of 8 and at least 8.
 */
export function proxySize(
  { input: { fit, width, height } }: { readonly input: ProxyInput },
  image: { readonly width: number; readonly height: number },
): { width: number; height: number } {
  if (fit !== 'inside') return { width, height };
  const scale = Math.min(1, width / image.width, height / image.height);
  const toEight = (length: number, limit: number): number =>
    Math.max(8, Math.min(Math.floor(limit / 8), Math.round((length * scale) / 8)) * 8);
  return { width: toEight(image.width, width), height: toEight(image.height, height) };
}
