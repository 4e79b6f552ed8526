import { existsSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { publish } from '../export/publish.ts';
import { readRunFile } from '../run-file.ts';
import { useNativeTensorflow } from '../tensorflow.ts';
import { checkpointIn, runOf } from './open-model.ts';
import { runCommand } from './run-command.ts';

interface ExportOptions {
  readonly checkpoint?: string;
  readonly evaluation?: string;
  readonly data?: string[];
  readonly models: string;
}

const command = new Command('export')
  .description('Writes a trained network as models/<name>: tfjs and ONNX files, contract and card')
  .argument(
    '<run-or-checkpoint>',
    'a run file, beside which <name>.card.json may hold the words of the card, or a checkpoint',
  )
  .option('--checkpoint <file>', 'of a run file; default: trainer/out/<name>/best.ckpt, else last.ckpt')
  .option('--evaluation <file>', "scores: the output of 'npm run evaluate -- --json' for this checkpoint")
  .option('--data <data...>', 'the data sets it was trained on (default: those that the checkpoint names)')
  .option('--models <folder>', 'folder of models', 'models')
  .action(async (file: string, options: ExportOptions) => {
    const isCheckpoint = file.endsWith('.ckpt');
    const run = isCheckpoint ? await runOf(file, undefined) : await readRunFile(file);
    const checkpoint = isCheckpoint
      ? file
      : (options.checkpoint ?? checkpointIn(path.join('trainer', 'out', run.name)));
    const words = file.replace(/\.json$/, '.card.json');
    await useNativeTensorflow();
    const { contract, parity } = await publish({
      run,
      checkpoint,
      wordsFile: !isCheckpoint && existsSync(words) ? words : undefined,
      evaluationFile: options.evaluation,
      data: options.data,
      modelsFolder: options.models,
    });
    const difference = parity.fp32.largestDifference.toExponential(1);
    console.log(
      `${path.join(options.models, contract.name)}: of ${checkpoint}; tfjs and onnxruntime agree to ${difference}`,
    );
  });

await runCommand(command);
