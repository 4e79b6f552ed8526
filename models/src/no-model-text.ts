/**
 * The error text for a model that does not exist: `no model "b"; there is: a`.
 *
 * @param name empty: any model would have done
 */
export function noModelText(name: string, known: readonly string[]): string {
  const wanted = name === '' ? 'no model' : `no model "${name}"`;
  return `${wanted}; ${known.length === 0 ? 'there is none' : `there is: ${known.join(', ')}`}`;
}
