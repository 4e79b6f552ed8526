/** FiveK and the sets made of it name a scene by its number: `a0001-jmac_DSC1459`. */
export const FIVEK_NAME = String.raw`a\d{4}(?:[-_][^/]*?)?`;

/** Sets that are made of FiveK share its scenes: the group is the number alone. */
export function fivekGroup(name: string): string {
  return `fivek/${(/^a\d{4}(?!\d)/i.exec(name)?.[0] ?? name).toLowerCase()}`;
}
