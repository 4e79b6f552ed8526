import { Command } from 'commander';
import { writeCheckpoint } from '../training/checkpoint.ts';
import { meanCheckpoint } from '../training/mean-checkpoint.ts';
import { runCommand } from './run-command.ts';

const command = new Command('average')
  .description('Writes a checkpoint with the mean of the weights of several; a file that is named twice counts twice')
  .argument('<checkpoints...>', 'checkpoints of one network, and folders of shipped models')
  .requiredOption('--out <file>', 'the checkpoint to write')
  .action(async (checkpoints: string[], { out }: { readonly out: string }) => {
    await writeCheckpoint(out, await meanCheckpoint(checkpoints));
    console.log(`${out}: mean of ${checkpoints.length} checkpoints`);
  });

await runCommand(command);
