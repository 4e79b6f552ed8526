import * as z from 'zod/mini';
import { ModelError } from './errors.ts';

/* What every `contract.json` says, whatever the model does. */

/** A number of things: 1 or more. */
export const count = z.int().check(z.minimum(1));
/** Inside the model's folder: no way up, no drive, no absolute path. */
const path = z.string().check(z.regex(/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/), z.maxLength(200));
const file = z.readonly(
  z.object({ path, sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)), sizeBytes: z.int().check(z.minimum(0)) }),
);

/** How a network takes pixels: sRGB-encoded, 0..1, channels last. */
export const pixelInput = {
  colorSpace: z.literal('srgb'),
  range: z.readonly(z.tuple([z.literal(0), z.literal(1)])),
  layout: z.literal('NHWC'),
};

/** Name, version, licence, files, and where they come from. */
export const contractFields = {
  schema: z.literal(1),
  name: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]*$/), z.maxLength(64)),
  version: z.string().check(z.minLength(1), z.maxLength(64)),
  title: z.string().check(z.minLength(1), z.maxLength(200)),
  licence: z.string().check(z.minLength(1), z.maxLength(200)),
  files: z.readonly(
    z.object({
      tfjs: z.readonly(z.object({ model: file, weights: z.readonly(z.array(file).check(z.minLength(1))) })),
      /** `testVector`: see {@link TestVector}. */
      onnx: z.readonly(z.object({ fp32: file, fp16: z.optional(file), testVector: z.optional(file) })),
    }),
  ),
  /** Free text and numbers about the training run. */
  trained: z.optional(z.unknown()),
  measured: z.optional(z.readonly(z.object({ date: z.string(), machine: z.string() }))),
};

/**
 * Reads a parsed `contract.json` by its schema.
 *
 * @throws ModelError `BAD_CONTRACT`; the message names each field and what is wrong with it
 */
export function parseContractAs<T>(schema: z.ZodMiniType<T>, json: unknown): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => `${issue.path.join('.') || 'contract'}: ${issue.message}`);
  throw new ModelError('BAD_CONTRACT', `contract is not valid: ${issues.join('; ')}`, { cause: result.error });
}
