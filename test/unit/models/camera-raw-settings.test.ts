import {
  cameraRawSettings,
  createCorrection,
  DEFAULT_GUIDE,
  identityCorrection,
  type ProxyImage,
} from '@evenlight/models';
import { describe, expect, it } from 'vitest';

const AS_PREDICTED = { strength: 1, evBias: 0 };

function ramp(): ProxyImage {
  const [width, height] = [64, 48];
  const pixels = Float32Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return ((pixel % width) / width) * 0.5 + 0.05 * (i % 3);
  });
  return { width, height, pixels };
}

function curve(xmp: string, tag: string): number[][] {
  const [, list = ''] = new RegExp(`<crs:${tag}>([^]*?)</crs:${tag}>`).exec(xmp) ?? [];
  return [...list.matchAll(/<rdf:li>(\d+), (\d+)<\/rdf:li>/g)].map(([, input, output]) => [
    Number(input),
    Number(output),
  ]);
}

describe('cameraRawSettings', () => {
  it('gives straight curves for a correction that changes nothing', () => {
    const { xmp, meanDeltaE } = cameraRawSettings(identityCorrection(), AS_PREDICTED, ramp(), 'a & b');
    expect(meanDeltaE).toBeLessThan(0.1);
    expect(xmp).toContain('<rdf:li xml:lang="x-default">a &amp; b</rdf:li>');
    for (const [input, output] of curve(xmp, 'ToneCurvePV2012'))
      expect(Math.abs(input! - output!)).toBeLessThanOrEqual(1);
  });

  it('names all four curves; those without a use are straight from black to white', () => {
    const { xmp } = cameraRawSettings(identityCorrection(), AS_PREDICTED, ramp(), 'all');
    const curves = ['', 'Red', 'Green', 'Blue'].map((channel) => curve(xmp, `ToneCurvePV2012${channel}`));
    for (const points of curves) expect([points[0]?.[0], points.at(-1)?.[0]]).toEqual([0, 255]);
    expect(curves).toContainEqual([
      [0, 0],
      [255, 255],
    ]);
  });

  it('lifts the curve of a correction that lightens, and says how near it comes', () => {
    const lighter = createCorrection({
      ...{ gridWidth: 1, gridHeight: 1, gridDepth: 1, guide: DEFAULT_GUIDE },
      coefficients: [1.5, 0, 0, 0.02, 0, 1.5, 0, 0.02, 0, 0, 1.5, 0.02],
    });
    const { xmp, meanDeltaE } = cameraRawSettings(lighter, AS_PREDICTED, ramp(), 'lighter');
    expect(meanDeltaE).toBeLessThan(2);
    const curves = ['ToneCurvePV2012', 'ToneCurvePV2012Red'].flatMap((tag) => curve(xmp, tag));
    expect(curves.some(([input, output]) => output! > input! + 20)).toBe(true);
    expect(xmp.match(/<crs:ToneCurvePV2012/g)).toHaveLength(4);
  });

  it('writes each channel’s curve under its own name', () => {
    const redder = createCorrection({
      ...{ gridWidth: 1, gridHeight: 1, gridDepth: 1, guide: DEFAULT_GUIDE },
      coefficients: [1.5, 0, 0, 0.02, 0, 1, 0, 0, 0, 0, 0.7, 0],
    });
    const { xmp } = cameraRawSettings(redder, AS_PREDICTED, ramp(), 'redder');
    const lift = (channel: string): number =>
      Math.max(...curve(xmp, `ToneCurvePV2012${channel}`).map(([input, output]) => output! - input!));
    expect(lift('Red')).toBeGreaterThan(10);
    expect(lift('Red')).toBeGreaterThan(lift('Green') + 10);
    expect(lift('Red')).toBeGreaterThan(lift('Blue') + 10);
  });
});
