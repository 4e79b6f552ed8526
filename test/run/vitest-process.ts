import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTotals, type Totals } from './totals.ts';

/** How a run of vitest ended. */
export interface VitestResult {
  readonly exitCode: number;
  readonly totals: Totals;
}

/**
 * Runs vitest to its end, its output passed through. A run without a single test counts as one failure, and so does an
 * error outside of all tests, so that the totals never look better than the exit code.
 */
export function runVitest(args: readonly string[]): VitestResult {
  const folder = mkdtempSync(join(tmpdir(), 'evenlight-test-'));
  const reportPath = join(folder, 'report.json');
  try {
    const vitest = fileURLToPath(import.meta.resolve('vitest/vitest.mjs'));
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`];
    const { status } = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...args], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (!existsSync(reportPath)) {
      console.error('vitest ended without a report');
      return { exitCode: status || 1, totals: { passed: 0, failed: 1, skipped: 0 } };
    }
    const report: unknown = JSON.parse(readFileSync(reportPath, 'utf8'));
    return judge(status ?? 1, readTotals(report));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function judge(exitCode: number, totals: Totals): VitestResult {
  if (totals.passed + totals.failed === 0) {
    console.error('No test was run.');
    return { exitCode: exitCode || 1, totals: { ...totals, failed: 1 } };
  }
  if (exitCode !== 0 && totals.failed === 0) {
    console.error('vitest reports an error outside of the tests; it counts as one failure.');
    return { exitCode, totals: { ...totals, failed: 1 } };
  }
  return { exitCode, totals };
}
