import { Command } from 'commander';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { bandingTable, measureBanding } from '../evaluation/restoration/banding.ts';
import { choosePhotographs } from '../evaluation/restoration/choose-photographs.ts';
import { cleanDarkFrames } from '../evaluation/restoration/dark-frames.ts';
import { evaluateRestoration, type LiftScores } from '../evaluation/restoration/evaluate-restoration.ts';
import { measureDetail } from '../evaluation/restoration/measure-detail.ts';
import { type NetworkCleaners, networkCleaners } from '../evaluation/restoration/network-cleaner.ts';
import { outsideCleaners } from '../evaluation/restoration/outside-cleaners.ts';
import { writeRestorationReport } from '../evaluation/restoration/restoration-report.ts';
import { restorationTable } from '../evaluation/restoration/restoration-table.ts';
import { loadPredictor } from '../evaluation/network-predictor.ts';
import { loadSavedRestoration } from '../network/saved-model.ts';
import { readRunFile } from '../run-file.ts';
import { useNativeTensorflow } from '../tensorflow.ts';
import { loadTrainedNetwork } from '../training/trained-network.ts';
import { integerOption } from './integer-option.ts';
import { runFileOf, runOf } from './open-model.ts';
import { runCommand } from './run-command.ts';

interface Options {
  readonly checkpoint?: string;
  readonly collection: string;
  readonly photographs: number;
  readonly lift?: number;
  readonly python: string;
  readonly gmic: string;
  readonly darktable: string;
  readonly report?: string;
  readonly dark: readonly string[];
  readonly rivals: boolean;
  readonly json?: true;
}

const LIFTS = [0, 2, 3, 4];
const DETAIL_LIFTS = [1, 2, 3, 4];
/** The lift of the pictures that the report shows without noise. */
const SHOWN_DETAIL_LIFT = 3;
/** By how much over-exposed skies are taken back. */
const SKY_EVS = [1.5, 2];

const command = new Command('evaluate:restoration')
  .description('Measures a network that restores on lifted photographs, beside the denoisers of other programs')
  .option('--checkpoint <file>', 'the network (default: the shipped one)')
  .option('--collection <folder>', 'photographs; those kept out of training are measured', '../shared/data/train')
  .option('--photographs <count>', 'how many photographs of each lift', integerOption(1), 40)
  .option('--lift <ev>', 'only this lift, in EV', integerOption(1))
  .option('--python <program>', 'a Python with cv2 (OpenCV), perhaps with bm3d', 'python3')
  .option('--gmic <program>', "G'MIC's command", 'gmic')
  .option('--darktable <program>', "darktable's command, for its denoiser by non-local means", 'darktable-cli')
  .option(
    '--no-rivals',
    'without other programs: they need most of the time, and their scores do not depend on the network',
  )
  .option('--report <folder>', 'write an HTML report: everything at 1:1, worst first')
  .option('--dark <photographs...>', 'for the report: dark photographs, corrected by `exposure` and cleaned', [])
  .option('--json', 'print JSON')
  .action(async (options: Options) => {
    await useNativeTensorflow();
    const { cleaners, seed } = await openCleaners(options.checkpoint);
    const own = [cleaners.automatic, cleaners.everywhere];
    const { keptBack, tuning, native } = await choosePhotographs(options, seed);
    const rivals = options.rivals ? await outsideCleaners(options) : [];
    const chosen = (evs: number[]): number[] => (options.lift === undefined ? evs : [options.lift]);
    const lifts = await evaluateRestoration({ cleaners: own, rivals, keptBack, tuning, evs: chosen(LIFTS), seed });
    const sets = [
      { set: 'native crops', files: native },
      { set: 'photographs', files: keptBack },
    ];
    const shownEv = options.lift ?? SHOWN_DETAIL_LIFT;
    const detail = await measureDetail(own, { sets, evs: chosen(DETAIL_LIFTS), seed, shownEv });
    const skies = await measureBanding(cleaners.everywhere, SKY_EVS);
    const table = `${restorationTable(lifts, detail.scores)}\n${bandingTable(skies)}`;
    const sky = skies.map(({ ev, codes, changed }) => ({ ev, codes, changed }));
    const json = {
      sets: lifts.map(setOf(cleaners)),
      detail: detail.scores,
      lifts: lifts.map(withoutPictures),
      sky,
    };
    console.log(options.json ? JSON.stringify(json, undefined, 2) : table);
    if (options.report === undefined) return;
    const darkFrames = await openDarkFrames(options.dark, cleaners);
    const page = await writeRestorationReport(options.report, {
      table,
      lifts,
      detail: detail.shown,
      darkFrames,
      skies,
    });
    console.error(`report: ${page}`);
  });

/** The network that is measured. */
async function openCleaners(checkpoint: string | undefined): Promise<{ cleaners: NetworkCleaners; seed: number }> {
  if (checkpoint === undefined) {
    const model = await loadSavedRestoration('models/restoration');
    return {
      cleaners: networkCleaners('restoration', model),
      seed: (await readRunFile(runFileOf('restoration'))).seed,
    };
  }
  const run = await runOf(checkpoint, undefined);
  const { model }: { model: LayersModel } = await loadTrainedNetwork(run, checkpoint);
  return { cleaners: networkCleaners(run.name, model), seed: run.seed };
}

async function openDarkFrames(files: readonly string[], cleaners: NetworkCleaners) {
  if (files.length === 0) return [];
  const predictor = await loadPredictor('models', 'exposure');
  const frames = await cleanDarkFrames(files, predictor, cleaners);
  predictor.dispose();
  return frames;
}

/** The scores of one lift for the contract. */
function setOf({ automatic, everywhere }: NetworkCleaners) {
  return ({ ev, images, scores }: LiftScores) => {
    const round = (value: number): number => Number(value.toFixed(4));
    const of = (name: string) => scores.find((score) => score.cleaner === name)!;
    const [all, auto, lifted] = [of(everywhere.name), of(automatic.name), of('none')];
    return {
      set: `lifted by ${ev} EV`,
      images,
      ...{ psnr: round(all.psnr), ssim: round(all.ssim) },
      ...{ automaticPsnr: round(auto.psnr), automaticSsim: round(auto.ssim) },
      ...{ liftedPsnr: round(lifted.psnr), liftedSsim: round(lifted.ssim) },
    };
  };
}

function withoutPictures({ ev, images, scores }: LiftScores) {
  return { ev, images, scores };
}

await runCommand(command);
