/** 0..255 and alpha 0..1. */
export type Color = readonly [red: number, green: number, blue: number, alpha: number];

/** Of `#rrggbb`, `rgb(…)` or `rgba(…)`. */
export function parseColor(color: string): Color {
  const hex = /^#(..)(..)(..)$/.exec(color);
  const numbers = hex
    ? hex.slice(1).map((code) => Number.parseInt(code, 16))
    : (color.match(/[\d.]+/g) ?? []).map(Number);
  const [red = 0, green = 0, blue = 0, alpha = 1] = numbers;
  return [red, green, blue, alpha];
}

/** WCAG 2.2, "contrast ratio". */
export function contrastRatio(one: Color, other: Color): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance([red, green, blue]: Color): number {
  const linear = (code: number): number => {
    const value = code / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
