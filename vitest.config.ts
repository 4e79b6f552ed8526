import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // A busy machine must not fail a test.
          testTimeout: 30_000,
          include: ['test/unit/**/*.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          // Native libraries, child processes and sockets: one process per file, so that a crash names its file.
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // After the unit tests, so that both do not fight for the same cores.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
