import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '@evenlight/bridge/src/codec/byte-source.ts';
import { readPngContainer } from '@evenlight/bridge/src/codec/png-container.ts';

/* Chunks about colour, in the order in which the PNG specification lets them win: cICP, iCCP, sRGB, then gAMA and cHRM. */

function chunk(type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const bytes = Buffer.alloc(8 + body.length);
  bytes.writeUInt32BE(content.length, 0);
  body.copy(bytes, 4);
  bytes.writeUInt32BE(crc32(body), 4 + body.length);
  return bytes;
}

/** Numbers as gAMA and cHRM hold them: a hundred thousand is 1. */
function fixed(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(Math.round(value * 1e5), 4 * index);
  return bytes;
}

const gamma = (value: number): Buffer => chunk('gAMA', fixed(value));
const SRGB = chunk('sRGB', Buffer.of(0));
const codePoints = (...points: readonly number[]): Buffer => chunk('cICP', Buffer.from(points));
const ADOBE = chunk('cHRM', fixed(0.3127, 0.329, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06));
const HEADER_BYTES = 33;
const END_BYTES = 12;

async function pngWith(before: readonly Buffer[], after: readonly Buffer[] = []): Promise<Uint8Array> {
  const plain = await sharp({ create: { width: 4, height: 4, channels: 3, background: '#876' } })
    .png()
    .toBuffer();
  const end = plain.length - END_BYTES;
  const parts = [plain.subarray(0, HEADER_BYTES), ...before, plain.subarray(HEADER_BYTES, end), ...after];
  return new Uint8Array(Buffer.concat([...parts, plain.subarray(end)]));
}

async function nameOf(before: readonly Buffer[]): Promise<string | undefined> {
  const { colour } = await readPngContainer(bytesOf(await pngWith(before)));
  return colour?.kind === 'space' ? colour.name : colour?.kind;
}

describe("a PNG's colours", () => {
  it.each([
    ['nothing', [], undefined],
    ['gAMA 1', [gamma(1)], 'gamma 1.00 (gAMA)'],
    ['gAMA of 2.2', [gamma(0.45455)], 'gamma 2.20 (gAMA)'],
    ['gAMA 0, which is no number', [gamma(0)], undefined],
    ['gAMA that is cut off', [chunk('gAMA', Buffer.of(1, 2))], undefined],
    ['gAMA and cHRM', [gamma(0.4547), ADOBE], "gamma 2.20, the file's primaries (gAMA)"],
    ['sRGB before gAMA', [SRGB, gamma(1), ADOBE], 'sRGB IEC61966-2.1 (sRGB chunk)'],
    ['cICP before all others', [gamma(1), SRGB, codePoints(12, 13, 0, 1)], 'Display P3 (cICP)'],
  ])('are read from %s', async (_, chunks, name) => {
    expect(await nameOf(chunks)).toBe(name);
  });

  it.each([
    ['cICP of a narrow range', [codePoints(1, 13, 0, 0)], /code points 1\/13/],
    ['cHRM that are no colours', [chunk('cHRM', fixed(0, 0, 0, 0, 0, 0, 0, 0))], /primaries/],
    ['a profile that cannot be unpacked', [chunk('iCCP', Buffer.from('x\0\0garbage', 'latin1'))], /cannot be unpacked/],
  ])('say so where they have %s', async (_, chunks, says) => {
    const { warnings, colour } = await readPngContainer(bytesOf(await pngWith(chunks)));
    expect(warnings).toEqual([expect.stringMatching(says)]);
    expect(colour).toBe(undefined);
  });

  it('are refused where they have high dynamic range', async () => {
    await expect(nameOf([codePoints(9, 16, 0, 1)])).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
  });

  it('are not read from behind the pixels, where decoders do not heed them', async () => {
    const { warnings, colour, metadata } = await readPngContainer(bytesOf(await pngWith([], [gamma(1)])));
    expect(colour).toBe(undefined);
    expect(warnings).toEqual([expect.stringMatching(/behind the pixels: gAMA/)]);
    const blocks = metadata.native.format === 'png' ? metadata.native.blocks : [];
    expect(blocks.map((block) => String.fromCharCode(...block.subarray(4, 8)))).not.toContain('gAMA');
  });

  it('leaves chunks behind that describe the old samples, and names them', async () => {
    const background = chunk('bKGD', Buffer.of(0, 1, 0, 1, 0, 1));
    const { losses } = await readPngContainer(bytesOf(await pngWith([background])));
    expect(losses).toEqual(['chunks that describe the old samples are not in the fixed file: bKGD']);
  });
});
