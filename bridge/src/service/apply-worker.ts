/*
 * An apply thread: keeps one kernel per open job and corrects strips in place, in the buffer that was handed over, which goes
 * back the same way; no pixel is copied.
 */
import { parentPort } from 'node:worker_threads';
import {
  type Applier,
  createApplier,
  deserializeCorrection,
  messageOf,
  parseColorSpace,
  SAMPLE_BYTES,
  type SampleFormat,
  samplesIn,
} from '@evenlight/models';
import { keepCompiledCode } from '@evenlight/runtime';
import type { ApplyCommand, ApplyReport } from './apply-messages.ts';

/** A job that could not be opened keeps its reason for the first strip. */
type OpenedJob = { readonly applier: Applier; readonly format: SampleFormat } | { readonly refusal: string };

const jobs = new Map<number, OpenedJob>();
const port = parentPort;
if (port === null) throw new Error('apply-worker.ts runs in a worker thread only');

function open({ jobId, correction, adjustment, description }: Extract<ApplyCommand, { type: 'open' }>): void {
  try {
    const colorSpace = parseColorSpace(description.colorSpace);
    const applier = createApplier(deserializeCorrection(correction), adjustment, { ...description, colorSpace });
    jobs.set(jobId, { applier, format: description.format });
  } catch (error) {
    jobs.set(jobId, { refusal: messageOf(error) });
  }
}

function apply({ jobId, rows, firstRow, rowCount }: Extract<ApplyCommand, { type: 'apply' }>): ApplyReport {
  try {
    const job = jobs.get(jobId);
    if (job === undefined) throw new Error(`job ${jobId} is not open`);
    if ('refusal' in job) return { type: 'error', code: 'BAD_INPUT', message: job.refusal };
    const pixels = samplesIn(rows.buffer, job.format, rows.byteOffset, rows.length / SAMPLE_BYTES[job.format]);
    job.applier.applyRows(pixels, pixels, { firstRow, rowCount });
    return { type: 'applied', rows };
  } catch (error) {
    return { type: 'error', code: 'APPLY_FAILED', message: messageOf(error) };
  }
}

// The only sender is ApplyPool, which is typed by the same ApplyCommand.
port.on('message', (command: ApplyCommand) => {
  switch (command.type) {
    case 'open':
      open(command);
      break;
    case 'apply': {
      const report = apply(command);
      port.postMessage(report, report.type === 'applied' ? [report.rows.buffer] : []);
      keepCompiledCode();
      break;
    }
    case 'close':
      jobs.delete(command.jobId);
      break;
  }
});
