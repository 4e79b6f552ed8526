import { Command, Option } from 'commander';
import { describeInspection, summarizeInspection } from '../dataset/inspection-report.ts';
import { type Inspection, inspectDatasets } from '../dataset/inspect-datasets.ts';
import { writePairs, writeSplitManifest } from '../dataset/split-manifest.ts';
import { DEFAULT_SEED, SPLITS } from '../dataset/split.ts';
import { TrainerError } from '../errors.ts';
import { readRunFile } from '../run-file.ts';
import { integerOption } from './integer-option.ts';
import { ProgressBar } from './progress-bar.ts';
import { runCommand } from './run-command.ts';

interface DatasetOptions {
  readonly seed?: number;
  readonly run?: string;
  readonly out?: string;
  readonly pairs?: string;
  readonly split: string;
  readonly merge?: true;
  readonly quick?: true;
  readonly json?: true;
}

const command = new Command('dataset')
  .description('Says what data sets hold, what is broken, missing or in two splits, and writes their splits')
  .argument('<data...>', 'folders (as LAYOUT:FOLDER or LAYOUT,option=value:FOLDER to name the layout) or manifests')
  .option('--run <file>', 'split what its authors did not as training by this run file does')
  .option('--seed <number>', `instead of a run file; default: ${DEFAULT_SEED}`, integerOption(0))
  .option('--out <file>', 'write the manifest of splits (CSV), for --data of train')
  .option('--pairs <file>', 'write the pairs of one split (CSV), for --pairs of evaluate')
  .addOption(new Option('--split <name>', 'the split of --pairs').choices(SPLITS).default('predict'))
  .option('--merge', 'keep near-duplicates together in one split instead of refusing them')
  .option('--quick', 'read names alone: nothing is decoded or compared')
  .option('--json', 'print JSON')
  .action(async (data: string[], options: DatasetOptions) => {
    const run = options.run === undefined ? undefined : await readRunFile(options.run);
    const bar = new ProgressBar('decoding');
    const inspection = await inspectDatasets({
      data,
      seed: options.seed ?? run?.seed ?? DEFAULT_SEED,
      isQuick: options.quick === true,
      isMerged: options.merge === true,
      onProgress: bar.update,
    }).finally(() => {
      bar.stop();
    });
    const isQuick = options.quick === true;
    console.log(
      options.json
        ? JSON.stringify(summarizeInspection(inspection), undefined, 2)
        : describeInspection(inspection, { isQuick }),
    );
    refuseFaults(inspection);
    if (options.out !== undefined) {
      await writeSplitManifest(options.out, inspection.scenes);
      console.error(`manifest: ${options.out}`);
    }
    if (options.pairs !== undefined) {
      const count = await writePairs(options.pairs, inspection.scenes, options.split);
      console.error(`pairs: ${options.pairs} (${count})`);
    }
  });

/** No manifest is written for a data set that cannot be trained on. */
function refuseFaults({ problems, leaks }: Inspection): void {
  if (problems.length > 0) {
    throw new TrainerError('BAD_DATASET', `${problems.length} files are broken or without their counterpart`);
  }
  if (leaks.length > 0) {
    throw new TrainerError('LEAK', `${leaks.length} pairs of pictures in different splits show the same; see --merge`);
  }
}

await runCommand(command);
