import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { blackAndWhite } from '../../compose/black-and-white.ts';
import type { Composition, ExposurePair } from '../../compose/composition.ts';
import { night, NIGHT_SCENES } from '../../compose/night.ts';
import { drawWhiteGround, placeOnGround } from '../../compose/object-on-ground.ts';
import { page } from '../../compose/page.ts';
import { plain } from '../../compose/plain.ts';
import { fog, snow } from '../../compose/weather.ts';
import { readPicture } from '../picture-file.ts';
import { Random } from '../../random.ts';
import { type Exposure, exposed, expose, openForComposing } from './exposed-photograph.ts';
import { framedItems } from './framed-items.ts';
import { composedPicture, type KeepItem, type KeepKind } from './keep-picture.ts';
import type { KeptBack } from './kept-back.ts';
import { drawScreen, SCREEN_KINDS } from './screen.ts';

/** Added to the seed: the composed pictures differ from those of training. */
const SEED = 32_452_843;

const [PAGE, SCREEN, NIGHT, SNOW] = [
  { width: 620, height: 800 },
  { width: 880, height: 550 },
  { width: 660, height: 440 },
  { width: 600, height: 400 },
];

/** The kinds that are photographs as they are. */
export const PHOTOGRAPHS: readonly string[] = ['mid-key', 'high-key', 'low-key'];

/** Every picture that a model should leave alone, or correct without harming its surround, made of photographs that training never sees. */
export function keepSet(photographs: KeptBack): KeepItem[] {
  return [
    ...untouched('mid-key', photographs.midKey),
    ...untouched('high-key', photographs.highKey),
    ...untouched('low-key', photographs.lowKey),
    ...framedItems(photographs.midKey, SEED),
    ...objects(photographs.midKey),
    ...pages(photographs.midKey),
    ...screens(photographs.midKey),
    ...NIGHT_SCENES.flatMap((scene) => drawn(`night: ${scene}`, 8, (random) => night(NIGHT, scene, random))),
    ...drawn('all black', 4, (random) => plain(SNOW, 'black', random)),
    ...drawn('all white', 4, (random) => plain(SNOW, 'white', random)),
    ...ofPhotographs({ name: 'black-and-white', isWellExposed: true }, photographs.midKey, 24, blackAndWhite),
    ...ofPhotographs(
      { name: 'black-and-white, ill exposed', isWellExposed: false },
      photographs.midKey,
      12,
      blackAndWhite,
    ),
    ...ofPhotographs({ name: 'fog', isWellExposed: true }, photographs.midKey, 12, fog),
    ...drawn('snow', 12, (random) => snow(SNOW, random)),
  ];
}

function untouched(name: string, files: readonly string[]): KeepItem[] {
  return files.map((file) => ({
    kind: { name, isWellExposed: true },
    name: path.basename(file),
    make: async () => {
      const { width, height, pixels } = await readPicture(file);
      return { before: { width, height, pixels } };
    },
  }));
}

function drawn(name: string, count: number, draw: (random: Random) => Composition): KeepItem[] {
  return Array.from({ length: count }, (_, i) => ({
    kind: { name, isWellExposed: true },
    name: `${name} ${i + 1}`,
    make: () => Promise.resolve(composedPicture(draw(randomOf(name, i)), true)),
  }));
}

/** `count` of the photographs, evenly chosen, each put through `make`; the ill-exposed ones are alternately too dark and too bright. */
function ofPhotographs(
  kind: KeepKind,
  files: readonly string[],
  count: number,
  make: (pair: ExposurePair, random: Random) => Composition | Promise<Composition>,
): KeepItem[] {
  return evenly(files, count).map((file, i) => ({
    kind,
    name: path.basename(file),
    make: async () => {
      const random = randomOf(kind.name, i);
      const pair = await exposed(file, kind.isWellExposed ? 'well' : illExposure(i), random);
      return composedPicture(await make(pair, random), kind.isWellExposed);
    },
  }));
}

/** Objects that are well exposed, badly exposed on a white ground, and badly exposed together with their ground. */
function objects(files: readonly string[]): KeepItem[] {
  const onWhite = (pair: ExposurePair, random: Random): Composition =>
    placeOnGround(pair, drawWhiteGround(random), random);
  const whole: KeepKind = { name: 'object and white ground, ill exposed', isWellExposed: false };
  return [
    ...ofPhotographs({ name: 'object on white', isWellExposed: true }, files, 24, onWhite),
    ...ofPhotographs({ name: 'object on white, ill exposed', isWellExposed: false }, files, 16, onWhite),
    ...evenly(files, 16).map((file, i) => ({
      kind: whole,
      name: path.basename(file),
      make: async () => {
        const random = randomOf(whole.name, i);
        const good = await openForComposing(file);
        const { target, mask } = onWhite({ input: good, target: good }, random);
        return composedPicture({ input: await expose(target, illExposure(i), random), target, mask }, false);
      },
    })),
  ];
}

function pages(files: readonly string[]): KeepItem[] {
  const looks = [
    { name: 'page, light', size: PAGE, isDark: false },
    { name: 'screen, light', size: SCREEN, isDark: false },
    { name: 'screen, dark', size: SCREEN, isDark: true },
  ];
  return looks.flatMap(({ name, size, isDark }) =>
    evenly(files, 8).map((file, i) => ({
      kind: { name, isWellExposed: true },
      name: `${name} ${i + 1}`,
      make: async () => {
        const photographs = i % 2 === 0 ? [await openForComposing(file)] : [];
        const { before } = composedPicture(page(size, photographs, randomOf(name, i), isDark), true);
        return { before };
      },
    })),
  );
}

/** Pages and screens of kinds that training does not know. */
function screens(files: readonly string[]): KeepItem[] {
  return SCREEN_KINDS.flatMap((kind) =>
    evenly(files, 4).map((file, i) => ({
      kind: { name: `drawn: ${kind}`, isWellExposed: true },
      name: `${kind} ${i + 1}`,
      make: async () => ({ before: await drawScreen(kind, randomOf(kind, i), await readFile(file)) }),
    })),
  );
}

function illExposure(index: number): Exposure {
  return index % 2 === 0 ? 'under' : 'over';
}

/** At most `count` items, evenly spread over the list. */
function evenly<T>(items: readonly T[], count: number): T[] {
  const taken = Math.min(count, items.length);
  return Array.from({ length: taken }, (_, i) => items[Math.floor((i * items.length) / taken)]!);
}

/** Item `index` of a kind is the same whatever other kinds there are. */
function randomOf(kind: string, index: number): Random {
  let seed = SEED;
  for (const character of kind) seed = Math.imul(seed, 31) + character.charCodeAt(0);
  return Random.for(seed >>> 0, index);
}
