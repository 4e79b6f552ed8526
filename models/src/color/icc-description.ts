import type { IccBytes } from './icc-bytes.ts';

const MAX_CHARACTERS = 200;

/**
 * The profile's name: a `desc` of version 2 (ICC.1:2001-04 §6.5.17, ASCII part) or an `mluc` of version 4 (ICC.1:2022 §10.15,
 * first record, UTF-16). Only for people to read: of another type or cut short it is empty, not an error.
 */
export function readIccDescription(profile: IccBytes, at: number): string {
  const isWithin = (start: number, count: number): boolean => start + count <= profile.length;
  if (!isWithin(at, 28)) return '';
  const type = profile.signature(at);
  if (type === 'desc') {
    const count = Math.min(profile.uint32(at + 8), MAX_CHARACTERS);
    return isWithin(at + 12, count) ? clean([...profile.bytes(at + 12, count)]) : '';
  }
  if (type === 'mluc' && profile.uint32(at + 8) > 0) {
    const count = Math.min(profile.uint32(at + 20) >> 1, MAX_CHARACTERS);
    const start = at + profile.uint32(at + 24);
    if (!isWithin(start, count * 2)) return '';
    return clean(Array.from({ length: count }, (_, i) => profile.uint16(start + i * 2)));
  }
  return '';
}

/** The text up to the first NUL, without control characters. */
function clean(codes: readonly number[]): string {
  const end = codes.indexOf(0);
  const text = String.fromCharCode(...(end < 0 ? codes : codes.slice(0, end)).filter((code) => code >= 32));
  return text.trim();
}
