import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { TrainerError } from '../errors.ts';
import { evaluateDenoising } from '../evaluation/denoising/evaluate-denoising.ts';
import { readPicture, toFloat } from '../evaluation/picture-file.ts';
import { useNativeTensorflow } from '../tensorflow.ts';
import { loadTrainedNetwork } from '../training/trained-network.ts';
import { runOf } from './open-model.ts';
import { runCommand } from './run-command.ts';

const SIGMAS = [10, 30, 50, 70];

const command = new Command('evaluate:denoising')
  .description(
    "RED-Net's own task: gray pictures with Gaussian noise; PSNR and SSIM of a network that was trained for it",
  )
  .requiredOption('--checkpoint <file>', 'of a run like trainer/runs/red-net-gray.json')
  .option('--pictures <folder>', 'clean gray pictures', '../shared/data/dev/bsd68')
  .option('--json', 'print JSON')
  .action(async ({ checkpoint, pictures, json }: { checkpoint: string; pictures: string; json?: true }) => {
    await useNativeTensorflow();
    const run = await runOf(checkpoint, undefined);
    if (run.network.type !== 'autoencoder')
      throw new TrainerError(
        'BAD_OPTION',
        `${checkpoint} holds a network of type ${run.network.type}, needs autoencoder`,
      );
    const { model } = await loadTrainedNetwork(run, checkpoint);
    const files = (await readdir(pictures)).filter((name) => name.endsWith('.png')).sort();
    if (files.length === 0) throw new TrainerError('BAD_OPTION', `${pictures} holds no PNG`);
    const clean = await Promise.all(
      files.map(async (name) => {
        const picture = await readPicture(path.join(pictures, name));
        return { width: picture.width, height: picture.height, pixels: toFloat(picture) };
      }),
    );
    const scores = evaluateDenoising(model, clean, { sigmas: SIGMAS, seed: run.seed });
    if (json) console.log(JSON.stringify(scores, undefined, 2));
    else {
      console.log(`${clean.length} pictures      noisy: PSNR (dB)  SSIM    denoised: PSNR (dB)  SSIM`);
      for (const { sigma, noisyPsnr, noisySsim, psnr, ssim } of scores) {
        const cells = [
          noisyPsnr.toFixed(2).padStart(16),
          noisySsim.toFixed(4),
          psnr.toFixed(2).padStart(22),
          ssim.toFixed(4),
        ];
        console.log(`σ = ${String(sigma).padEnd(9)} ${cells.join('  ')}`);
      }
    }
    model.dispose();
  });

await runCommand(command);
