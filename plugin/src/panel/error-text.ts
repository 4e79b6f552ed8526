import { errorCode } from '../session/errors.ts';
import { isTextKey, type Texts } from './texts/texts.ts';

/** Turns an error of any package into a sentence for the user. The one place that does. */
export function errorText(error: unknown, texts: Texts): string {
  const message = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error && error.cause !== undefined ? errorText(error.cause, texts) : message;
  return codeText({ code: errorCode(error), message, cause }, texts);
}

/** As {@link errorText}, of an error that has been taken apart for a report. */
export function codeText(
  { code, message, cause }: { readonly code: string; readonly message: string; readonly cause?: string },
  texts: Texts,
): string {
  const key = `error.${code}`;
  return isTextKey(key) ? texts(key, { message, cause: cause ?? message }) : texts('error.unknown', { message });
}
