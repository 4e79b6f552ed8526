import { Command } from 'commander';
import path from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { readCollection, type CollectionItem } from '../dataset/collection.ts';
import { type Cleaner } from '../evaluation/restoration/cleaner.ts';
import { evaluateRestoration, type LiftScores, measureDetail } from '../evaluation/restoration/evaluate-restoration.ts';
import { networkCleaner } from '../evaluation/restoration/network-cleaner.ts';
import { outsideCleaners } from '../evaluation/restoration/outside-cleaners.ts';
import { writeRestorationReport } from '../evaluation/restoration/restoration-report.ts';
import { restorationTable } from '../evaluation/restoration/restoration-table.ts';
import { readRunFile } from '../run-file.ts';
import { useNativeTensorflow } from '../tensorflow.ts';
import { loadTrainedNetwork } from '../training/trained-network.ts';
import { integerOption } from './integer-option.ts';
import { checkpointIn, runFileOf, runOf } from './open-model.ts';
import { runCommand } from './run-command.ts';

interface Options {
  readonly checkpoint?: string;
  readonly collection: string;
  readonly photographs: number;
  readonly python: string;
  readonly gmic: string;
  readonly report?: string;
  readonly rivals: boolean;
  readonly json?: true;
}

const LIFTS = [0, 2, 3, 4];
const DETAIL_LIFTS = [1, 2, 3, 4];
/** How many photographs of the train split are used to choose the rivals' strengths. */
const TUNING_PHOTOGRAPHS = 6;

const command = new Command('evaluate:restoration')
  .description('Measures a network that restores on lifted photographs, beside the denoisers of other programs')
  .option('--checkpoint <file>', 'the network (default: that of trainer/runs/restoration.json)')
  .option('--collection <folder>', 'photographs; those kept out of training are measured', '../shared/data/train')
  .option('--photographs <count>', 'how many photographs of each lift', integerOption(1), 40)
  .option('--python <program>', 'a Python with cv2 (OpenCV), perhaps with bm3d', 'python3')
  .option('--gmic <program>', "G'MIC's command", 'gmic')
  .option(
    '--no-rivals',
    'without other programs: they need most of the time, and their scores do not depend on the network',
  )
  .option('--report <folder>', 'write an HTML report: lifted, cleaned and target at 1:1, worst first')
  .option('--json', 'print JSON')
  .action(async (options: Options) => {
    await useNativeTensorflow();
    const { cleaner, seed } = await openCleaner(options.checkpoint);
    const items = await readCollection(options.collection, seed);
    const files = (wanted: (item: CollectionItem) => boolean): string[] =>
      items.filter((item) => item.kind !== 'hdri' && wanted(item)).map(({ path: file }) => file);
    const keptBack = evenly(
      files(({ split }) => split !== 'train'),
      options.photographs,
    );
    const lifts = await evaluateRestoration({
      cleaner,
      rivals: options.rivals ? await outsideCleaners(options) : [],
      keptBack,
      tuning: evenly(
        files(({ split }) => split === 'train'),
        TUNING_PHOTOGRAPHS,
      ),
      evs: LIFTS,
      seed,
    });
    const sharp = [...files(({ kind, split }) => kind === 'native' && split !== 'train'), ...keptBack];
    const detail = await measureDetail(cleaner, sharp, DETAIL_LIFTS, seed);
    const table = restorationTable(lifts, detail);
    console.log(
      options.json
        ? JSON.stringify({ sets: lifts.map(setOf(cleaner)), detail, lifts: lifts.map(withoutPictures) }, undefined, 2)
        : table,
    );
    if (options.report !== undefined)
      console.error(`report: ${await writeRestorationReport(options.report, lifts, table)}`);
  });

/** The network that is measured. */
async function openCleaner(checkpoint: string | undefined): Promise<{ cleaner: Cleaner; seed: number }> {
  const run =
    checkpoint === undefined ? await readRunFile(runFileOf('restoration')) : await runOf(checkpoint, undefined);
  const file = checkpoint ?? checkpointIn(path.join('trainer', 'out', run.name));
  const { model }: { model: LayersModel } = await loadTrainedNetwork(run, file);
  return { cleaner: networkCleaner(run.name, model), seed: run.seed };
}

/** The scores of one lift for the contract. */
function setOf(cleaner: Cleaner) {
  return ({ ev, images, scores }: LiftScores) => {
    const round = (value: number): number => Number(value.toFixed(4));
    const [own, lifted] = [cleaner.name, 'none'].map((name) => scores.find((score) => score.cleaner === name)!);
    return {
      set: `lifted by ${ev} EV`,
      images,
      psnr: round(own!.psnr),
      ssim: round(own!.ssim),
      liftedPsnr: round(lifted!.psnr),
      liftedSsim: round(lifted!.ssim),
    };
  };
}

function withoutPictures({ ev, images, scores }: LiftScores) {
  return { ev, images, scores };
}

/** `count` items, evenly from the whole list. */
function evenly<T>(items: readonly T[], count: number): T[] {
  const step = Math.max(1, items.length / count);
  return Array.from({ length: Math.min(count, items.length) }, (_, i) => items[Math.floor(i * step)]!);
}

await runCommand(command);
