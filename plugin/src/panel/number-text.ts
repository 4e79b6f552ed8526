import type { Language } from './texts/texts.ts';

/** Between a number and its unit, so that no line ends there. */
const NO_BREAK_SPACE = '\u00a0';

/** A number with fixed decimals and the language's decimal sign. UXP has no complete `Intl`. */
export function decimalText(value: number, digits: number, language: Language): string {
  const text = Math.abs(value).toFixed(digits);
  const isZero = Number(text) === 0;
  return (value < 0 && !isZero ? '−' : '') + (language === 'de' ? text.replace('.', ',') : text);
}

/** An exposure change: always with its sign, "±0" for none. */
export function evText(ev: number, language: Language): string {
  const text = decimalText(ev, 1, language);
  if (Number(ev.toFixed(1)) === 0) return '±0';
  return ev > 0 ? `+${text}` : text;
}

/** An exposure change as it is typed: "+0.3", "0". */
export function signedText(ev: number, language: Language): string {
  const text = decimalText(ev, 1, language);
  return ev > 0 ? `+${text}` : Number(ev.toFixed(1)) === 0 ? '0' : text;
}

/** A fraction 0..1 as percent with one decimal. */
export function percentText(fraction: number, language: Language): string {
  return `${decimalText(fraction * 100, 1, language)}${NO_BREAK_SPACE}%`;
}
