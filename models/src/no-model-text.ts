/** What is said where a model is asked for that is not there: `no model "b"; there is: a`. */
export function noModelText(name: string, known: readonly string[]): string {
  return `no model "${name}"; ${known.length === 0 ? 'there is none' : `there is: ${known.join(', ')}`}`;
}
