import path from 'node:path';
import { Command } from 'commander';
import { publish } from '../export/publish.ts';
import { readRunFile } from '../run-file.ts';
import { useNativeTensorflow } from '../tensorflow.ts';
import { runCommand } from './run-command.ts';

interface Options {
  readonly checkpoint?: string;
  readonly evaluation?: string;
  readonly data: string;
  readonly models: string;
}

const command = new Command('export')
  .description('Writes a trained network as models/<name>: tfjs and ONNX files, contract and card')
  .argument('<run-file>', 'the run file; <name>.card.json beside it holds the words of the card')
  .option('--checkpoint <file>', 'default: trainer/out/<name>/last.ckpt')
  .option('--evaluation <file>', "scores: the output of 'npm run evaluate -- --json' for this checkpoint")
  .option('--data <folder>', 'the collection it was trained on', '../shared/data/train')
  .option('--models <folder>', 'folder of models', 'models')
  .action(async (file: string, options: Options) => {
    const run = await readRunFile(file);
    await useNativeTensorflow();
    const { contract, parity } = await publish({
      run,
      checkpoint: options.checkpoint ?? path.join('trainer', 'out', run.name, 'last.ckpt'),
      wordsFile: file.replace(/\.json$/, '.card.json'),
      evaluationFile: options.evaluation,
      collection: options.data,
      modelsFolder: options.models,
    });
    const difference = parity.fp32.largestDifference.toExponential(1);
    console.log(`${path.join(options.models, contract.name)}: tfjs and onnxruntime agree to ${difference}`);
  });

await runCommand(command);
