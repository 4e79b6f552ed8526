/**
 * Measures what one user's prediction waits while another user sends from many connections at once.
 *
 *     npm run bench:fairness                                    # 50 connections with 4 jobs each, at most a minute
 *     npm run bench:fairness -- --connections 10 --predictions 20 --seconds 10
 *
 * Exit code 1 when a prediction had to let pass more than the job that ran and one that came before it; never for times.
 */
import { readCommandLine } from '../command-line.ts';
import { runFairness } from './fairness.ts';
import { machineFacts } from './machine-facts.ts';
import { latencyText } from './measurements.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: {
    connections: { type: 'string', default: '50' },
    jobs: { type: 'string', default: '4' },
    predictions: { type: 'string', default: '50' },
    /** Of each of the two series of predictions: it ends then, with fewer of them. */
    seconds: { type: 'string', default: '30' },
    models: { type: 'string' },
    runtime: { type: 'string', default: 'auto' },
  },
});

/** The one that runs, and one whose turn it is. */
const MOST_BEFORE = 2;

console.log(Object.values(machineFacts()).join(' · '));
const report = await runFairness({
  connections: Number(values.connections),
  jobsEach: Number(values.jobs),
  predictions: Number(values.predictions),
  seconds: Number(values.seconds),
  bridgeArguments: ['--runtime', values.runtime, ...(values.models === undefined ? [] : ['--models', values.models])],
});
const { alone, beside, job, before, positions, crowdJobs, crowdRefusals } = report;
const limit = 2 * alone.p50 + job.p50;
console.log(
  `${values.connections} connections with ${values.jobs} jobs each of one user: ${crowdJobs} jobs, ${crowdRefusals} told to come again`,
);
console.log(`another user's prediction alone: ${latencyText(alone)}`);
console.log(`                         beside: ${latencyText(beside)}`);
console.log(`the network takes ${job.p50} ms; twice alone and one job: ${limit.toFixed(0)} ms, p50 beside is ${(beside.p50 / limit).toFixed(2)} of it`); // prettier-ignore
console.log(
  `place in the queue at most ${Math.max(...positions)}, jobs that went before at most ${Math.max(...before)}`,
);
process.exitCode = Math.max(...before) > MOST_BEFORE ? 1 : 0;
