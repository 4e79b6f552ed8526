import * as z from 'zod/mini';
import { ModelError } from './errors.ts';

const count = z.int().check(z.minimum(1));
/** Inside the model's folder: no way up, no drive, no absolute path. */
const path = z.string().check(z.regex(/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/), z.maxLength(200));
const file = z.readonly(
  z.object({ path, sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)), sizeBytes: z.int().check(z.minimum(0)) }),
);
const side = count.check(z.maximum(4096));
const gridSide = count.check(z.maximum(255));

const input = {
  width: side,
  height: side,
  channels: z.literal(3),
  colorSpace: z.literal('srgb'),
  range: z.readonly(z.tuple([z.literal(0), z.literal(1)])),
  layout: z.literal('NHWC'),
};

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
  schema: z.literal(1),
  name: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]*$/), z.maxLength(64)),
  version: z.string().check(z.minLength(1), z.maxLength(64)),
  title: z.string().check(z.minLength(1), z.maxLength(200)),
  licence: z.string().check(z.minLength(1), z.maxLength(200)),
  /** `clamp(weights · rgb)^gamma` of the sRGB-encoded pixel gives its depth in the grid. */
  guide: z.readonly(
    z.object({
      weights: z.readonly(z.tuple([z.number(), z.number(), z.number()])),
      gamma: z.number().check(z.minimum(0.1), z.maximum(10)),
    }),
  ),
  files: z.readonly(
    z.object({
      tfjs: z.readonly(z.object({ model: file, weights: z.readonly(z.array(file).check(z.minLength(1))) })),
      /** `testVector`: see {@link TestVector}. */
      onnx: z.readonly(z.object({ fp32: file, fp16: z.optional(file), testVector: z.optional(file) })),
    }),
  ),
  /** Free text and numbers about the training run. */
  trained: z.optional(z.unknown()),
  scores: z.optional(z.readonly(z.array(score))),
  measured: z.optional(z.readonly(z.object({ date: z.string(), machine: z.string() }))),
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

/** What a model is: `models/<name>/contract.json`. */
export type ModelContract = z.infer<typeof contract>;

/**
 * Reads a parsed `contract.json`. File paths in it are relative to the model's folder and never lead out of it.
 *
 * @throws ModelError `BAD_CONTRACT`; the message names each field and what is wrong with it
 */
export function parseContract(json: unknown): ModelContract {
  const result = contract.safeParse(json);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => `${issue.path.join('.') || 'contract'}: ${issue.message}`);
  throw new ModelError('BAD_CONTRACT', `contract is not valid: ${issues.join('; ')}`, { cause: result.error });
}

/** What decides on the size of a model's proxies. */
export interface ProxyInput {
  readonly width: number;
  readonly height: number;
  /** Default: squash. */
  readonly fit?: 'squash' | 'inside' | undefined;
}

/** What is wrong with a proxy for a model; `undefined` if it fits. */
export function proxyMisfit(
  { name, input }: { readonly name: string; readonly input: ProxyInput },
  { width, height, pixels }: { readonly width: number; readonly height: number; readonly pixels: ArrayLike<number> },
): string | undefined {
  const needed = proxySize({ input }, { width, height });
  if (width !== needed.width || height !== needed.height) {
    const rule = input.fit === 'inside' ? 'multiples of 8 up to ' : '';
    return `the proxy is ${width}×${height}, model "${name}" takes ${rule}${input.width}×${input.height}`;
  }
  const length = width * height * 3;
  return pixels.length === length ? undefined : `the proxy has ${pixels.length} values, needs ${length}`;
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
