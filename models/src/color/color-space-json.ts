import * as z from 'zod/mini';
import { ModelError } from '../errors.ts';
import type { ColorSpace } from './color-space.ts';
import { invertMatrix3 } from './matrix3.ts';
import { createTransferFunction } from './transfer-function.ts';

/** ICC `curv` tables are rarely longer than 4096; a 16-bit identity would have 65536 entries. */
const MAX_TABLE = 65536;

const LARGEST = 1000;

const number = z.number().check(z.minimum(-LARGEST), z.maximum(LARGEST));

function isTable(value: unknown): value is readonly number[] {
  if (!Array.isArray(value) || value.length < 2 || value.length > MAX_TABLE) return false;
  return value.every((entry) => typeof entry === 'number' && Math.abs(entry) <= LARGEST);
}

/** Reports one issue for the whole table: zod would collect one for each of 65536 wrong entries, which takes half a second. */
const table = z.custom<readonly number[]>(isTable, `needs 2 to ${MAX_TABLE} numbers from -${LARGEST} to ${LARGEST}`);
const curve = z.discriminatedUnion('type', [
  z.readonly(z.object({ type: z.literal('linear') })),
  z.readonly(z.object({ type: z.literal('gamma'), gamma: number })),
  z.readonly(
    z.object({
      type: z.literal('parametric'),
      g: number,
      a: number,
      b: number,
      c: number,
      d: number,
      e: number,
      f: number,
    }),
  ),
  z.readonly(
    z.object({
      type: z.literal('table'),
      values: table,
    }),
  ),
]);

const serialized = z.readonly(
  z.object({
    kind: z.enum(['rgb', 'gray']),
    name: z.string().check(z.maxLength(200)),
    matrix: z.readonly(z.array(number).check(z.length(9))),
    /** One for all channels, or one each for red, green, blue. */
    curves: z.readonly(z.union([z.tuple([curve]), z.tuple([curve, curve, curve])])),
  }),
);

/** A colour space as plain data, for the wire and for worker threads. */
export type SerializedColorSpace = z.infer<typeof serialized>;

/** The colour space as JSON-able data; {@link parseColorSpace} gives it back with the same numbers. */
export function serializeColorSpace({
  kind,
  name,
  toXyzD50,
  transfer,
  channelTransfers,
}: ColorSpace): SerializedColorSpace {
  const curves: SerializedColorSpace['curves'] =
    channelTransfers === undefined
      ? [transfer.curve]
      : [channelTransfers[0].curve, channelTransfers[1].curve, channelTransfers[2].curve];
  return { kind, name: name.slice(0, 200), matrix: [...toXyzD50], curves };
}

/**
 * Reads {@link serializeColorSpace}'s form, from anywhere.
 *
 * @throws ModelError `BAD_COLOR_SPACE` if it has another shape or cannot be computed with
 */
export function parseColorSpace(json: unknown): ColorSpace {
  const result = serialized.safeParse(json);
  if (!result.success) {
    const issues = result.error.issues.map((issue) => `${issue.path.join('.') || 'value'}: ${issue.message}`);
    throw new ModelError('BAD_COLOR_SPACE', `colour space is not valid: ${issues.join('; ')}`, { cause: result.error });
  }
  const { kind, name, matrix, curves } = result.data;
  invertMatrix3(matrix);
  const transfer = createTransferFunction(curves[1] ?? curves[0]);
  const space = { kind, name, toXyzD50: matrix, transfer };
  if (curves.length === 1) return space;
  const channelTransfers = [createTransferFunction(curves[0]), transfer, createTransferFunction(curves[2])] as const;
  return { ...space, channelTransfers };
}
