import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Two files at once even on two cores: half of a run waits for other processes, browsers and clocks. */
const maxWorkers = Math.max(2, availableParallelism() - 1);

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          maxWorkers,
          // A busy machine must not fail a test.
          testTimeout: 600_000,
          include: ['test/unit/**/*.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'integration',
          maxWorkers,
          include: ['test/integration/**/*.test.ts'],
          // Native libraries, child processes and sockets: one process per file, so that a crash names its file.
          pool: 'forks',
          // A start of the bridge takes 2 s on an idle machine, and was seen to take 40 s on a busy one.
          testTimeout: 600_000,
          hookTimeout: 600_000,
          // After the unit tests, so that both do not fight for the same cores.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
