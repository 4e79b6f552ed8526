import { rm } from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';
import { makeTinyModels } from '../fixtures/tiny-model.ts';
import { runFairness } from '../load/fairness.ts';

/** The short form of `npm run bench:fairness`. */
it("[JB14] one user's many connections let another's prediction pass after the job that runs and one more", async () => {
  const { modelsFolder } = await makeTinyModels();
  onTestFinished(() => rm(modelsFolder, { recursive: true }));
  const bridgeArguments = ['--runtime', 'wasm', '--models', modelsFolder];
  const report = await runFairness({ connections: 12, jobsEach: 4, predictions: 8, seconds: 60, bridgeArguments });
  expect(Math.max(...report.positions)).toBeLessThanOrEqual(1);
  expect(Math.max(...report.before)).toBeLessThanOrEqual(2);
  expect(report.crowdJobs).toBeGreaterThan(report.positions.length);
});
