import { appendFile, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RunLog, type StepReport } from '@evenlight/trainer/src/training/run-log.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEvents } from '../../../fixtures/event-reader.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evenlight-log-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function report(step: number, validationPsnr?: number): StepReport {
  const rest = { steps: 100, learningRate: 0.001, gradientNorm: 2, stepsPerSecond: 5, waitShare: 0.25 };
  return { step, loss: 1 / step, ...rest, ...(validationPsnr !== undefined && { validationPsnr }) };
}

async function logged(): Promise<{ lines: number[]; events: number[] }> {
  const text = await readFile(path.join(folder, 'log.jsonl'), 'utf8');
  const lines = text.split('\n').filter(Boolean);
  const events = readEvents(await readFile(path.join(folder, 'tensorboard', 'events.out.tfevents.run')));
  return { lines: lines.map((line) => (JSON.parse(line) as StepReport).step), events: events.map(({ step }) => step) };
}

describe('the log of a run', () => {
  it('holds loss, learning rate, pace and validation as lines and for TensorBoard', async () => {
    const log = await RunLog.open(folder, 0);
    await log.write(report(50));
    await log.write(report(100, 21.5));
    expect(await logged()).toEqual({ lines: [50, 100], events: [0, 50, 100] });
    const [version, , last] = readEvents(await readFile(path.join(folder, 'tensorboard', 'events.out.tfevents.run')));
    expect(version?.fileVersion).toBe('brain.Event:2');
    expect(last?.scalars).toMatchObject({
      'train/gradient norm': 2,
      'pace/steps per second': 5,
      'validation/PSNR': 21.5,
    });
    expect(last?.scalars['train/learning rate']).toBeCloseTo(0.001);
    expect(last?.scalars['train/loss']).toBeCloseTo(0.01);
  });

  it('of a resumed run has every step once: what lies behind the checkpoint is cut, and half a line', async () => {
    const killed = await RunLog.open(folder, 0);
    for (const step of [10, 20, 30]) await killed.write(report(step));
    await appendFile(path.join(folder, 'log.jsonl'), '{"step":40,"lo');
    await appendFile(path.join(folder, 'tensorboard', 'events.out.tfevents.run'), Buffer.alloc(7, 1));
    const resumed = await RunLog.open(folder, 20);
    expect(await logged()).toEqual({ lines: [10, 20], events: [0, 10, 20] });
    for (const step of [30, 40]) await resumed.write(report(step));
    expect(await logged()).toEqual({ lines: [10, 20, 30, 40], events: [0, 10, 20, 30, 40] });
  });

  it('that cannot be written is one error', async () => {
    const log = await RunLog.open(folder, 0);
    await symlink('/dev/full', path.join(folder, 'log.jsonl'));
    await expect(log.write(report(50))).rejects.toMatchObject({ code: 'NO_SPACE' });
    const taken = path.join(folder, 'taken');
    await mkdir(taken);
    await appendFile(path.join(taken, 'tensorboard'), 'a file where a folder must be');
    await expect(RunLog.open(taken, 0)).rejects.toThrow(/cannot write .*events\.out\.tfevents/);
  });
});
