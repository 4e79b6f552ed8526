import { Command } from 'commander';
import { choosePhotographs } from '../evaluation/restoration/choose-photographs.ts';
import { compareJoint, jointTable } from '../evaluation/restoration/compare-joint.ts';
import { networkCleaners } from '../evaluation/restoration/network-cleaner.ts';
import { loadPredictor } from '../evaluation/network-predictor.ts';
import { loadSavedRestoration } from '../network/saved-model.ts';
import { useNativeTensorflow } from '../tensorflow.ts';
import { loadTrainedNetwork } from '../training/trained-network.ts';
import { integerOption } from './integer-option.ts';
import { runOf } from './open-model.ts';
import { runCommand } from './run-command.ts';

interface JointOptions {
  readonly checkpoint: string;
  readonly collection: string;
  readonly photographs: number;
  readonly json?: true;
}

const EVS = [2, 3, 4];

const command = new Command('evaluate:joint')
  .description('Compares one network that both brightens and cleans with `exposure` followed by `restoration`')
  .requiredOption('--checkpoint <file>', 'of a run like trainer/runs/joint.json')
  .option('--collection <folder>', 'photographs; those kept out of training are measured', '../shared/data/train')
  .option('--photographs <count>', 'how many photographs of each exposure', integerOption(1), 40)
  .option('--json', 'print JSON')
  .action(async ({ checkpoint, json, ...collection }: JointOptions) => {
    await useNativeTensorflow();
    const run = await runOf(checkpoint, undefined);
    const { model: joint } = await loadTrainedNetwork(run, checkpoint);
    const { automatic: cleaner } = networkCleaners('restoration', await loadSavedRestoration('models/restoration'));
    const predictor = await loadPredictor('models', 'exposure');
    const { keptBack } = await choosePhotographs(collection, run.seed);
    const scores = await compareJoint({ joint, predictor, cleaner, keptBack, evs: EVS, seed: run.seed });
    console.log(json ? JSON.stringify(scores, undefined, 2) : jointTable(scores));
  });

await runCommand(command);
