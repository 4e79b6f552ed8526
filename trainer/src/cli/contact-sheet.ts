import { Command } from 'commander';
import { loadPhoto } from '../dataset/picture-store.ts';
import { TrainerError } from '../errors.ts';
import { type SheetPicture, writeContactSheet } from '../evaluation/contact-sheet.ts';
import { readPicture } from '../evaluation/picture-file.ts';
import { loadPredictor } from '../evaluation/network-predictor.ts';
import { correct } from '../evaluation/score.ts';
import { PairMaker, type PairSources } from '../pipeline/pair-maker.ts';
import { readRunFile, type RunFile } from '../run-file.ts';
import { useNativeTensorflow } from '../tensorflow.ts';
import { integerOption } from './integer-option.ts';
import { runCommand } from './run-command.ts';

interface ContactSheetOptions {
  readonly out: string;
  readonly run?: string;
  readonly model: string;
  readonly models: string;
  readonly pairs: number;
}

const command = new Command('contact-sheet')
  .description(
    'Before and after side by side: what a model does to photographs, or (--run) the pairs a run file makes of them',
  )
  .argument('<photos...>', 'photographs')
  .requiredOption('--out <file>', 'the JPEG to write')
  .option('--run <file>', 'show the pairs of this run file: input, target')
  .option('--model <name>', 'show what this model does: before, after', 'exposure')
  .option('--models <folder>', 'folder of models', 'models')
  .option('--pairs <count>', 'how many pairs of a run file', integerOption(1), 24)
  .action(async (photos: string[], options: ContactSheetOptions) => {
    const pictures = options.run
      ? await pairPictures(await readRunFile(options.run), photos, options.pairs)
      : await modelPictures(options, photos);
    await writeContactSheet(options.out, pictures, { columns: 4, cell: { width: 320, height: 240 } });
    console.log(`${options.out}: ${pictures.length / 2} pairs`);
  });

async function modelPictures(options: ContactSheetOptions, photos: readonly string[]): Promise<SheetPicture[]> {
  await useNativeTensorflow();
  const predictor = await loadPredictor(options.models, options.model);
  const pictures: SheetPicture[] = [];
  for (const photo of photos) {
    const before = await readPicture(photo);
    pictures.push(toSheet(before), toSheet(await correct(predictor, before)));
  }
  predictor.dispose();
  return pictures;
}

function toSheet({
  width,
  height,
  pixels,
}: {
  width: number;
  height: number;
  pixels: ArrayLike<number>;
}): SheetPicture {
  return { width, height, pixels: Uint8Array.from(pixels) };
}

/** Pairs of panoramas and of pairs are left out: photographs cannot stand in for them. */
async function pairPictures(run: RunFile, photos: readonly string[], count: number): Promise<SheetPicture[]> {
  const pairs = run.pairs.filter((pair) => pair.source !== 'panorama' && pair.source !== 'paired');
  if (pairs.length === 0) throw new TrainerError('BAD_RUN_FILE', `${run.name}: makes no pairs of photographs`);
  const stored: PairSources['photo'][number][] = [];
  for (const photo of photos) stored.push(await loadPhoto(photo, run.photoSide));
  const maker = new PairMaker({ ...run, pairs }, { photo: stored, lowkey: stored, highkey: stored, panorama: [] });
  const pictures: SheetPicture[] = [];
  for (let i = 0; i < count; i++) {
    const { input, target } = await maker.make(i);
    for (const picture of [input, target]) {
      pictures.push({
        width: run.size,
        height: run.size,
        pixels: Uint8Array.from(picture, (value) => Math.round(255 * value)),
      });
    }
  }
  return pictures;
}

await runCommand(command);
