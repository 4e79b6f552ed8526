import * as z from 'zod/mini';
import { ProtocolError } from './errors.ts';
import { parseJsonText } from './json-text.ts';

/** A message's schema: an object whose `type` is one text. */
interface MessageSchema {
  readonly shape: { readonly type: z.ZodMiniLiteral<string> };
}

const typedMessage = z.object({ type: z.string() });

/** The types of some messages. */
export function typesOf(messages: readonly MessageSchema[]): ReadonlySet<string> {
  return new Set(messages.map(({ shape }) => [...shape.type.def.values][0]!));
}

/**
 * Parses a text frame as far as its `type`.
 *
 * @throws ProtocolError `BAD_MESSAGE` (no JSON object with a type), `TOO_LARGE` (more bytes than `maxBytes`)
 */
export function parseTypedText(frame: string, maxBytes: number): { readonly type: string; readonly value: unknown } {
  const value = parseJsonText(frame, maxBytes);
  const typed = typedMessage.safeParse(value);
  if (!typed.success) throw new ProtocolError('BAD_MESSAGE', 'message has no type');
  return { type: typed.data.type, value };
}

/**
 * Parses a message whose type is known. Unknown fields are dropped.
 *
 * @throws ProtocolError `BAD_MESSAGE` with the first thing that is wrong
 */
export function parseKnownMessage<T>(
  schema: z.ZodMiniType<T>,
  { type, value }: { readonly type: string; readonly value: unknown },
): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ProtocolError('BAD_MESSAGE', `${type} message: ${describeIssues(parsed.error)}`);
}

/** The first thing wrong with a message, with its place: "proxy.width: Too big: expected number to be <=1024". */
function describeIssues(error: z.core.$ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'does not fit its form';
  return `${issue.path.map(String).join('.') || 'message'}: ${issue.message}`.slice(0, 300);
}
