import { readFile } from 'node:fs/promises';
import { messageOf } from '@evenlight/models';
import * as z from 'zod/mini';
import { trainingDataSchema } from '../dataset/training-data.ts';
import { TrainerError } from '../errors.ts';
import { parseRunFile, type RunFile } from '../run-file.ts';
import { writeWholeFile } from '@evenlight/runtime';
import type { OptimizerState } from './adamw.ts';

const MAGIC = 'EVCK';

const headerSchema = z.strictObject({
  version: z.literal(1),
  /** SHA-256 of the run file's content: a checkpoint continues only its own run. */
  run: z.string(),
  /** Steps taken so far. */
  step: z.int(),
  parameters: z.int(),
  best: z.nullable(z.number()),
  validationsSinceBest: z.int(),
  elapsedSeconds: z.number(),
  /** How it was made: the run file, the data, the weights that it began from, its teachers. Checkpoints before 2.0 do not say. */
  made: z.optional(
    z.strictObject({
      runFile: z.unknown(),
      data: trainingDataSchema,
      from: z.optional(z.string()),
      teachers: z.optional(
        z.strictObject({ picture: z.optional(z.string()), gates: z.optional(z.readonly(z.array(z.string()))) }),
      ),
    }),
  ),
});

export type CheckpointHeader = z.infer<typeof headerSchema>;

/** The run file that a checkpoint was made by; undefined where it does not say. */
export function runOfCheckpoint({ made }: CheckpointHeader, file: string): RunFile | undefined {
  return made === undefined ? undefined : parseRunFile(made.runFile, file);
}

/** Everything needed to continue a run without a difference. */
export interface Checkpoint {
  readonly header: CheckpointHeader;
  readonly state: OptimizerState;
}

/**
 * Writes a checkpoint in one file: "EVCK", u32 length of the JSON header, the header, then parameters, first moment, second
 * moment and moving average as little-endian float32. It is written beside its place, flushed and renamed, so that a
 * checkpoint is either the old one or the new one, never half of one.
 *
 * @throws TrainerError `NO_SPACE` when it cannot be written; the old one is then untouched.
 */
export async function writeCheckpoint(file: string, { header, state }: Checkpoint): Promise<void> {
  const json = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(8);
  head.write(MAGIC, 'latin1');
  head.writeUInt32LE(json.length, 4);
  const parts = [state.parameters, state.firstMoment, state.secondMoment, state.average];
  try {
    await writeWholeFile(file, [
      head,
      json,
      ...parts.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength)),
    ]);
  } catch (cause) {
    throw new TrainerError('NO_SPACE', `${messageOf(cause)}; the previous checkpoint is kept`, { cause });
  }
}

/** Reads a checkpoint. @throws TrainerError `BAD_CHECKPOINT` when the file is not whole. */
export async function readCheckpoint(file: string): Promise<Checkpoint> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new TrainerError('BAD_CHECKPOINT', `${file}: cannot be read`, { cause });
  }
  if (bytes.length < 8 || bytes.toString('latin1', 0, 4) !== MAGIC) {
    throw new TrainerError('BAD_CHECKPOINT', `${file}: not a checkpoint`);
  }
  const start = 8 + bytes.readUInt32LE(4);
  const header = parseHeader(bytes.subarray(8, start), file);
  const size = header.parameters * 4;
  if (bytes.length !== start + 4 * size) {
    throw new TrainerError('BAD_CHECKPOINT', `${file}: has ${bytes.length} bytes, needs ${start + 4 * size}`);
  }
  const part = (index: number): Float32Array => {
    const begin = start + index * size;
    return new Float32Array(new Uint8Array(bytes.subarray(begin, begin + size)).buffer);
  };
  return { header, state: { parameters: part(0), firstMoment: part(1), secondMoment: part(2), average: part(3) } };
}

function parseHeader(bytes: Buffer, file: string): CheckpointHeader {
  try {
    return headerSchema.parse(JSON.parse(bytes.toString()));
  } catch (cause) {
    throw new TrainerError('BAD_CHECKPOINT', `${file}: its header is broken`, { cause });
  }
}
