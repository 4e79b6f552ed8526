import { type ColorSpace, colorSpaces, createTransferFunction, ModelError, primariesToXyzD50 } from '@evenlight/models';
import { BridgeError } from '../errors.ts';
import { codePointSpace, highDynamicRange } from './code-points.ts';

/*
 * What a PNG's values mean: the first of its colour chunks decides, in the order cICP, iCCP, sRGB, then gAMA and cHRM together
 * (W3C PNG, third edition, section 4.3 "Colour spaces").
 */

/** What the chunks say. */
export type PngColour =
  { readonly kind: 'profile' } | { readonly kind: 'space'; readonly space: ColorSpace; readonly name: string };

export interface PngColourResult {
  readonly colour?: PngColour;
  readonly warnings: readonly string[];
}

/**
 * @param find gives a chunk's content
 * @param hasProfile whether iCCP holds a profile that could be unpacked
 * @throws BridgeError `UNSUPPORTED_FORMAT` for high dynamic range
 */
export function pngColour(
  find: (type: string) => Uint8Array | undefined,
  { hasProfile, isGray }: { hasProfile: boolean; isGray: boolean },
): PngColourResult {
  const warnings: string[] = [];
  const points = find('cICP');
  if (points !== undefined && points.length >= 4) {
    const [primaries = 0, transfer = 0, , range = 0] = points;
    const hdr = highDynamicRange(transfer);
    if (hdr !== undefined) throw new BridgeError('UNSUPPORTED_FORMAT', `a PNG of high dynamic range (${hdr})`);
    const space = codePointSpace({ primaries, transfer, isFullRange: range === 1 }, isGray);
    if (space !== undefined && range === 1)
      return { colour: { kind: 'space', space, name: `${space.name} (cICP)` }, warnings };
    warnings.push(`its colour code points ${primaries}/${transfer} are not known and are passed over`);
  }
  if (hasProfile) return { colour: { kind: 'profile' }, warnings };
  if (find('sRGB') !== undefined) {
    const space = isGray ? colorSpaces.graySrgb : colorSpaces.srgb;
    return { colour: { kind: 'space', space, name: `${space.name} (sRGB chunk)` }, warnings };
  }
  const space = gammaSpace(find('gAMA'), find('cHRM'), isGray, warnings);
  return space === undefined
    ? { warnings }
    : { colour: { kind: 'space', space, name: `${space.name} (gAMA)` }, warnings };
}

function gammaSpace(
  gamma: Uint8Array | undefined,
  chromaticities: Uint8Array | undefined,
  isGray: boolean,
  warnings: string[],
): ColorSpace | undefined {
  const code =
    gamma === undefined || gamma.length < 4 ? undefined : new DataView(gamma.buffer, gamma.byteOffset).getUint32(0);
  const curve = code === undefined || code === 0 ? undefined : ({ type: 'gamma', gamma: 100_000 / code } as const);
  const matrix = isGray ? undefined : matrixOf(chromaticities, warnings);
  if (curve === undefined && matrix === undefined) return undefined;
  const fallback = isGray ? colorSpaces.graySrgb : colorSpaces.srgb;
  const parts = [curve && `gamma ${curve.gamma.toFixed(2)}`, matrix ? "the file's primaries" : undefined];
  return {
    name: parts.filter((part) => part !== undefined).join(', '),
    kind: fallback.kind,
    toXyzD50: matrix ?? fallback.toXyzD50,
    transfer:
      curve === undefined ? fallback.transfer : createTransferFunction(curve.gamma === 1 ? { type: 'linear' } : curve),
  };
}

function matrixOf(chunk: Uint8Array | undefined, warnings: string[]): readonly number[] | undefined {
  if (chunk === undefined || chunk.length < 32) return undefined;
  const fields = new DataView(chunk.buffer, chunk.byteOffset);
  const point = (index: number): [number, number] => [
    fields.getUint32(index * 8) / 1e5,
    fields.getUint32(index * 8 + 4) / 1e5,
  ];
  try {
    const matrix = primariesToXyzD50({ white: point(0), red: point(1), green: point(2), blue: point(3) });
    if (matrix.every((value) => Number.isFinite(value) && Math.abs(value) < 10)) return matrix;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
  }
  warnings.push('its primaries (cHRM) are no colours and are passed over');
  return undefined;
}
