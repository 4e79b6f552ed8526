import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { judgeRun, readTotals, type RunResult } from './totals.ts';

/** Runs vitest to its end, its output passed through. */
export function runVitest(args: readonly string[]): RunResult {
  const folder = mkdtempSync(join(tmpdir(), 'evenlight-test-'));
  const reportPath = join(folder, 'report.json');
  try {
    const vitest = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`];
    const { status } = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...args], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (!existsSync(reportPath)) {
      const totals = { passed: 0, failed: 1, skipped: 0 };
      return { exitCode: status || 1, totals, remark: 'vitest ended without a report.' };
    }
    const report: unknown = JSON.parse(readFileSync(reportPath, 'utf8'));
    return judgeRun(status ?? 1, readTotals(report));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
