/* Text and code of anything that was thrown: it need not be an `Error`. */

/** Its text; the name of an error that has none. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === '' ? error.name : error.message;
}

/** Its code: of our own errors, and of Node's (`ENOENT`). */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The error itself, or one with its text. */
export function errorFrom(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
