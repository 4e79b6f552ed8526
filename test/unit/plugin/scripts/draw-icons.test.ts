import { drawIcons } from '@evenlight/plugin/scripts/draw-icons.ts';
import sharp from 'sharp';
import { expect, it } from 'vitest';

it('draws PNG files that decoders take: a disc whose left half is filled', async () => {
  const icon = drawIcons().get('icons/panel-dark@2x.png')!;
  const { data, info } = await sharp(icon).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([46, 46, 4]);
  const alphaAt = (x: number, y: number): number => data[(y * 46 + x) * 4 + 3]!;
  expect([alphaAt(0, 0), alphaAt(15, 23), alphaAt(30, 23), alphaAt(41, 23)]).toEqual([0, 255, 0, 255]);
});
