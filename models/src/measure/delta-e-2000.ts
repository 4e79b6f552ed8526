import type { Lab } from './lab.ts';

const DEGREE = Math.PI / 180;
const POW25_7 = 25 ** 7;
const [COS_6, SIN_6] = [Math.cos(6 * DEGREE), Math.sin(6 * DEGREE)];
const [COS_30, SIN_30] = [Math.cos(30 * DEGREE), Math.sin(30 * DEGREE)];
const [COS_63, SIN_63] = [Math.cos(63 * DEGREE), Math.sin(63 * DEGREE)];

/**
 * The CIEDE2000 colour difference with kL = kC = kH = 1, after Sharma, Wu, Dalal (2005), "The CIEDE2000 Color-Difference
 * Formula: Implementation Notes, Supplementary Test Data, and Mathematical Observations"; numbers in comments are theirs.
 * About 1 is a difference that is just seen side by side.
 */
export function deltaE2000(left: Lab, right: Lab): number {
  const [lightness1, a1, b1] = left;
  const [lightness2, a2, b2] = right;
  // Equations 2–7: a' stretches the reds and greens near gray.
  const meanChroma7 = seventhPower((length(a1, b1) + length(a2, b2)) / 2);
  const stretch = 1.5 - 0.5 * Math.sqrt(meanChroma7 / (meanChroma7 + POW25_7));
  const chroma1 = length(a1 * stretch, b1);
  const chroma2 = length(a2 * stretch, b2);
  const hue1 = hueAngle(a1 * stretch, b1);
  const hue2 = hueAngle(a2 * stretch, b2);
  // Equations 8–11. Beside a gray, which has no hue, ΔH' is 0: whatever equations 10 and 14 say of its hue counts for nothing.
  const deltaLightness = lightness2 - lightness1;
  const deltaChroma = chroma2 - chroma1;
  const deltaHue = 2 * Math.sqrt(chroma1 * chroma2) * Math.sin((hueDifference(hue1, hue2) / 2) * DEGREE);
  // Equations 12–14.
  const lightness = (lightness1 + lightness2) / 2;
  const chroma = (chroma1 + chroma2) / 2;
  const hue = meanHue(hue1, hue2);
  // Equations 15–22.
  const t = hueWeight(Math.cos(hue * DEGREE), Math.sin(hue * DEGREE));
  const offset = (lightness - 50) ** 2;
  const l = deltaLightness / (1 + (0.015 * offset) / Math.sqrt(20 + offset));
  const c = deltaChroma / (1 + 0.045 * chroma);
  const h = deltaHue / (1 + 0.015 * chroma * t);
  return Math.sqrt(Math.max(0, l * l + c * c + h * h + rotation(hue, chroma) * c * h));
}

/**
 * Equation 15: T, of the cosine and sine of the mean hue. cos(2h), cos(3h + 6°) and the others follow from these two by the formulas
 * for sums of angles; four cosines of their own took a fifth of the whole formula's time.
 */
function hueWeight(cosine: number, sine: number): number {
  const cosine2 = 2 * cosine * cosine - 1;
  const sine2 = 2 * sine * cosine;
  const cosine3 = cosine * cosine2 - sine * sine2;
  const sine3 = sine * cosine2 + cosine * sine2;
  const cosine4 = 2 * cosine2 * cosine2 - 1;
  const sine4 = 2 * sine2 * cosine2;
  return (
    1 -
    0.17 * (cosine * COS_30 + sine * SIN_30) +
    0.24 * cosine2 +
    0.32 * (cosine3 * COS_6 - sine3 * SIN_6) -
    0.2 * (cosine4 * COS_63 + sine4 * SIN_63)
  );
}

/** Equations 16, 17 and 21: R_T, which turns blues. */
function rotation(hue: number, chroma: number): number {
  const fromBlue = (hue - 275) / 25;
  // exp(−36) is less than what a double holds beside 1.
  if (fromBlue < -6) return 0;
  const angle = 30 * Math.exp(-fromBlue * fromBlue);
  const chroma7 = seventhPower(chroma);
  return -Math.sin(2 * angle * DEGREE) * 2 * Math.sqrt(chroma7 / (chroma7 + POW25_7));
}

/** `Math.hypot` guards against numbers that Lab does not have, and takes ten times as long. */
function length(a: number, b: number): number {
  return Math.sqrt(a * a + b * b);
}

function seventhPower(value: number): number {
  const square = value * value;
  return square * square * square * value;
}

/** Degrees, 0 to 360. */
function hueAngle(a: number, b: number): number {
  const degrees = Math.atan2(b, a) / DEGREE;
  return degrees < 0 ? degrees + 360 : degrees;
}

/** Equation 10: the shorter way round, but for two whole turns, which the sine of its half does not see. */
function hueDifference(hue1: number, hue2: number): number {
  const difference = hue2 - hue1;
  return Math.abs(difference) > 180 ? difference - 360 : difference;
}

/** Equation 14. */
function meanHue(hue1: number, hue2: number): number {
  const sum = hue1 + hue2;
  if (Math.abs(hue1 - hue2) <= 180) return sum / 2;
  return sum < 360 ? (sum + 360) / 2 : (sum - 360) / 2;
}
