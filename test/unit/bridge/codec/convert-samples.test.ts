import { toEightBit } from '@evenlight/bridge/src/codec/convert-samples.ts';
import { colorSpaces } from '@evenlight/models';
import { expect, it } from 'vitest';

it('takes every 16-bit code to the nearest 8-bit one', () => {
  const pixels = Uint16Array.from({ length: 65_536 }, (_, code) => code);
  const description = {
    width: 65_536,
    height: 1,
    channels: 1,
    format: 'uint16',
    colorSpace: colorSpaces.srgb,
  } as const;
  const converted = toEightBit({ ...description, pixels, rowStride: 65_536 });
  expect(converted.format).toBe('uint8');
  expect(converted.pixels).toEqual(Uint8Array.from(pixels, (code) => Math.round(code / 257)));
});
