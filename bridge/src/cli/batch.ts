import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { exactArguments, exactCurrentFolder, systemPath } from '@evenlight/runtime';
import { type BatchCommandOptions, parseBatchOptions } from '../batch/batch-options.ts';
import { toPhotoJob } from '../batch/photo-job.ts';
import { type BatchCounts, PhotoQueue } from '../batch/photo-queue.ts';
import { parseOrExit, runCommand } from '../command-line.ts';
import { isExpected } from '../errors.ts';
import type { PlannedPhoto } from '../fix/fix-options.ts';
import { planFix } from '../fix/fix-plan.ts';

/* `evenlight batch`: a folder that is too large for one computer. */

const WATCH_MS = 2000;
const FAILURES_SHOWN = 20;
const STATS_AT_ONCE = 64;

export const run = (args: readonly string[]): Promise<void> => runCommand(() => runBatch(exactArguments(args)));

async function runBatch(args: readonly string[]): Promise<number> {
  const options = parseOrExit(() => parseBatchOptions(args, { env: process.env, currentFolder: exactCurrentFolder() }));
  try {
    return await main(options);
  } catch (error) {
    if (!isExpected(error)) throw error;
    process.stderr.write(`error: ${error.message} (${error.code})\n`);
    return 1;
  }
}

async function main(options: BatchCommandOptions): Promise<number> {
  const queue = await PhotoQueue.open(options.queueUrl);
  try {
    switch (options.action) {
      case 'enqueue':
        return await enqueue(queue, options);
      case 'status':
        return await status(queue, options);
      case 'retry':
        await queue.retryFailed();
        return 0;
      case 'clear':
        await queue.clear();
        return 0;
    }
  } finally {
    await queue.close();
  }
}

async function enqueue(queue: PhotoQueue, { fix, root, json }: BatchCommandOptions): Promise<number> {
  const { photos, failures } = await planFix(fix);
  for (const { path, error } of failures) process.stderr.write(`error: ${path}: ${error.message}\n`);
  const jobs = photos.map((photo) => toPhotoJob(photo, fix, root));
  const before = await queue.counts();
  await queue.add(jobs, await statesOf(photos));
  const added = sumOf(await queue.counts()) - sumOf(before);
  const counts = { photos: photos.length, added: Math.max(0, added), failed: failures.length };
  const text = `${photos.length} photographs, ${counts.added} of them new in the queue`;
  process.stdout.write(`${json ? JSON.stringify({ type: 'enqueued', ...counts }) : text}\n`);
  return failures.length > 0 ? 1 : 0;
}

/** What changes when a photograph is changed. */
async function statesOf(photos: readonly PlannedPhoto[]): Promise<readonly string[]> {
  const states: string[] = [];
  for (let from = 0; from < photos.length; from += STATS_AT_ONCE) {
    const some = photos.slice(from, from + STATS_AT_ONCE);
    const found = await Promise.all(some.map(({ input }) => stat(systemPath(input)).catch(() => undefined)));
    states.push(...found.map((stats) => (stats === undefined ? '' : `${stats.size} ${stats.mtimeMs}`)));
  }
  return states;
}

/** Exit code 1 when photographs were given up. */
async function status(queue: PhotoQueue, { watch, json }: BatchCommandOptions): Promise<number> {
  for (;;) {
    const counts = await queue.counts();
    process.stdout.write(`${json ? JSON.stringify({ type: 'status', ...counts }) : countsText(counts)}\n`);
    if (!watch || counts.waiting + counts.active + counts.delayed === 0) {
      for (const { input, reason } of await queue.failures(FAILURES_SHOWN)) {
        process.stderr.write(`error: ${input}: ${reason}\n`);
      }
      return counts.failed > 0 ? 1 : 0;
    }
    await setTimeout(WATCH_MS);
  }
}

function sumOf({ waiting, active, delayed, done, failed }: BatchCounts): number {
  return waiting + active + delayed + done + failed;
}

function countsText(counts: BatchCounts): string {
  const { waiting, active, delayed, done, failed } = counts;
  const share = Math.floor((100 * (done + failed)) / Math.max(1, sumOf(counts)));
  return `${share} %: ${done} done, ${failed} given up, ${active} in work, ${waiting} waiting, ${delayed} to be tried again`;
}
