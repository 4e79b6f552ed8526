/** Reads typed text as a number, with a point or a comma and perhaps a unit behind it; `undefined`: it is not one. */
export function parseNumber(text: string): number | undefined {
  const match = /^\s*([+\-−]?)\s*(\d+(?:[.,]\d*)?|[.,]\d+)/.exec(text);
  if (match === null) return undefined;
  const value = Number(match[2]!.replace(',', '.'));
  return match[1] === '-' || match[1] === '−' ? -value : value;
}
