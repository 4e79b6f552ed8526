import type { RestorationWish } from '@evenlight/models';

/** What {@link restorationFrom} reads, for messages. */
export const RESTORATION_FORMS = 'off, auto, a number from 0 to 100, or two: luminance,color';

const AMOUNTS = /^(\d+(?:\.\d+)?)%?(?:,(\d+(?:\.\d+)?)%?)?$/;

/**
 * Reads how much noise is cleaned: `off`, `auto`, `80` (percent), or `40,100` (percent of luminance noise and of color noise).
 *
 * @returns `undefined` for any other text
 */
export function restorationFrom(text: string): RestorationWish | undefined {
  if (text === 'off' || text === 'auto') return text;
  const [, first, second = first] = AMOUNTS.exec(text.trim()) ?? [];
  const [luminance, color] = [Number(first) / 100, Number(second) / 100];
  if (!(luminance <= 1 && color <= 1)) return undefined;
  return luminance === color ? luminance : { luminance, color };
}
