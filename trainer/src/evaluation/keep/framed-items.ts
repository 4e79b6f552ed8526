import path from 'node:path';
import { gray, type Rgb } from '../../compose/composition.ts';
import { addFrame, evenFrame, type FrameStyle } from '../../compose/frame.ts';
import { Random } from '../../random.ts';
import { type Exposure, exposed } from './exposed-photograph.ts';
import { composedPicture, type KeepItem, type KeepPicture, toCodes } from './keep-picture.ts';

const COLORS: readonly (readonly [name: string, draw: (random: Random) => Rgb])[] = [
  ['white', () => gray(1)],
  ['black', () => gray(0)],
  ['gray', (random) => gray(random.uniform(0.15, 0.85))],
  ['coloured', (random) => [random.uniform(), random.uniform(), random.uniform()]],
];

/** Of the photograph's shorter side. */
const WIDTHS = [0.01, 0.02, 0.05, 0.1, 0.25, 0.45, 'uneven'] as const;

/** Each frame is put around two well-exposed photographs, one that is too dark and one that is too bright. */
const EXPOSURES: readonly Exposure[] = ['well', 'well', 'under', 'over'];

/** Frames of every colour and width around photographs that are well exposed, too dark and too bright. */
export function framedItems(files: readonly string[], seed: number): KeepItem[] {
  if (files.length === 0) return [];
  const frames = COLORS.flatMap(([color, draw]) => WIDTHS.map((width) => ({ color, draw, width })));
  const items = frames.flatMap((frame) => EXPOSURES.map((exposure) => ({ ...frame, exposure })));
  return items.map(({ color, draw, width, exposure }, index) => {
    const file = files[(index * 7) % files.length]!;
    return {
      kind: { name: `${color} frame${exposure === 'well' ? '' : ', ill exposed'}`, isWellExposed: exposure === 'well' },
      name: path.basename(file),
      detail: typeof width === 'string' ? width : `${Math.round(100 * width)} %`,
      make: () => {
        const random = Random.for(seed, index);
        const style = width === 'uneven' ? unevenFrame(draw(random), random) : evenFrame(draw(random), width);
        return framed(file, exposure, style, random);
      },
    };
  });
}

function unevenFrame(color: Rgb, random: Random): FrameStyle {
  const side = (): number => (random.chance(0.25) ? 0 : random.logUniform(0.02, 0.4));
  return { ...evenFrame(color, 0), left: side(), top: random.uniform(0.02, 0.3), right: side(), bottom: side() };
}

async function framed(file: string, exposure: Exposure, style: FrameStyle, random: Random): Promise<KeepPicture> {
  const pair = await exposed(file, exposure, random);
  const composition = addFrame(pair, style, random);
  const { left, top } = composition;
  return {
    ...composedPicture(composition, exposure === 'well'),
    bare: { picture: toCodes(pair.input), left, top },
  };
}
