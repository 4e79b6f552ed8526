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

const command = new Command('join')
  .description(
    'Writes a checkpoint with the gate of one network and the pictures of another that begins with the same levels',
  )
  .argument('<run-file>', 'a JSON run file whose network has gateLevels')
  .requiredOption('--pictures <weights>', 'a checkpoint, or the folder of a shipped model')
  .requiredOption('--gate <checkpoint>', 'trained with training.frozenLevels')
  .requiredOption('--out <file>', 'the checkpoint to write')
  .action(async (file: string, { pictures, gate, out }: JoinOptions) => {
    const run = await readRunFile(file);
    await useNativeTensorflow();
    await writeCheckpoint(out, await joinNetworks(run, { pictures, gate }));
    console.log(`${out}: the gate of ${gate}, all else of ${pictures}`);
  });

await runCommand(command);
