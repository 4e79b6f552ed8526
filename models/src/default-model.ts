/** The name of the default model. */
export const DEFAULT_MODEL = 'exposure';

/** The name of the default model that restores. */
export const DEFAULT_RESTORATION = 'restoration';

/** The order in which models are listed everywhere: the default one first, then by name. For `Array.sort`. */
export function compareModelNames(left: string, right: string): number {
  const byDefault = Number(right === DEFAULT_MODEL) - Number(left === DEFAULT_MODEL);
  if (byDefault !== 0) return byDefault;
  return left < right ? -1 : Number(left > right);
}
