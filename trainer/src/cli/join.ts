import { Command } from 'commander';
import { readRunFile } from '../run-file.ts';
import { useNativeTensorflow } from '../tensorflow.ts';
import { writeCheckpoint } from '../training/checkpoint.ts';
import { joinNetworks } from '../training/join-networks.ts';
import { runCommand } from './run-command.ts';

interface JoinOptions {
  readonly pictures: string;
  readonly gate: string;
  readonly out: string;
}

/** A moving average of weights that stay is not exact. */
const SAME = 1e-4;

const command = new Command('join')
  .description('Writes a checkpoint with the gate of one network and all else of another')
  .argument('<run-file>', 'a JSON run file whose network has gateLevels')
  .requiredOption('--pictures <weights>', 'a checkpoint, or the folder of a shipped model')
  .requiredOption('--gate <checkpoint>', 'its gate')
  .requiredOption('--out <file>', 'the checkpoint to write')
  .action(async (file: string, { pictures, gate, out }: JoinOptions) => {
    const run = await readRunFile(file);
    await useNativeTensorflow();
    const { checkpoint, distance } = await joinNetworks(run, { pictures, gate });
    await writeCheckpoint(out, checkpoint);
    console.log(`${out}: the gate of ${gate}, all else of ${pictures}`);
    if (distance > SAME) {
      const share = `${(100 * distance).toFixed(1)} %`;
      console.error(
        `What the gate shares differs by up to ${share}: train ${out} on, with training.gateAlone and --teach-gate ${gate}`,
      );
    }
  });

await runCommand(command);
