import { isAbsolute, join, relative, sep } from 'node:path';
import { MAX_EV_BIAS, MAX_STRENGTH } from '@evenlight/models';
import * as z from 'zod';
import { PHOTO_FORMATS } from '../codec/photo.ts';
import { BridgeError } from '../errors.ts';
import type { FixOptions, PlannedPhoto } from '../fix/fix-options.ts';
import { RESULT_KINDS } from '../fix/shared-options.ts';

/** Path below the root that all computers share, with slashes. It must not lead out of the root: others may write to the queue. */
const path = z
  .string()
  .min(1)
  .refine((text) => !text.startsWith('/') && !text.includes('\\') && !text.split('/').includes('..'));

const photoJob = z.strictObject({
  input: path,
  output: path,
  strength: z.number().min(0).max(MAX_STRENGTH),
  evBias: z.number().min(-MAX_EV_BIAS).max(MAX_EV_BIAS),
  format: z.enum(['keep', ...PHOTO_FORMATS]),
  model: z.string().optional(),
  keepDates: z.boolean(),
  upright: z.boolean(),
  kind: z.enum(RESULT_KINDS),
  overwrite: z.boolean(),
});

/** One photograph of a batch: its path and settings. Pixels never go through the queue. */
export type PhotoJob = z.infer<typeof photoJob>;

/** The settings that a job gives for its photograph. */
export type PhotoJobSettings = Omit<PhotoJob, 'input' | 'output'>;

/** @throws BridgeError `BAD_INPUT` for a photograph that lies outside of the root */
export function toPhotoJob({ input, output }: PlannedPhoto, options: FixOptions, root: string): PhotoJob {
  const { strength, evBias, format, model, keepDates, upright, kind, overwrite } = options;
  return {
    input: fromRoot(input, root),
    output: fromRoot(output, root),
    ...{ strength, evBias, format, keepDates, upright, kind, overwrite },
    ...(model !== undefined && { model }),
  };
}

function fromRoot(file: string, root: string): string {
  const inside = relative(root, file);
  if (inside !== '' && !isAbsolute(inside) && inside.split(sep)[0] !== '..') return inside.split(sep).join('/');
  throw new BridgeError('BAD_INPUT', `${file} lies outside of ${root}, the folder that all workers share (--root)`);
}

/**
 * The options for a job, with paths under this worker's root.
 *
 * @throws BridgeError `BAD_INPUT` for anything that is no job
 */
export function fromPhotoJob(value: unknown, root: string): { planned: PlannedPhoto; settings: PhotoJobSettings } {
  const parsed = photoJob.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new BridgeError('BAD_INPUT', `this is no job: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const { input, output, ...settings } = parsed.data;
  return { planned: { input: join(root, input), output: join(root, output) }, settings };
}
