/** What vitest counted. */
export interface Totals {
  readonly passed: number;
  /** Failed tests, and files that failed before their first test. */
  readonly failed: number;
  readonly skipped: number;
}

/** How a run ended: the exit code to end with, and what to print. */
export interface RunResult {
  readonly exitCode: number;
  readonly totals: Totals;
  /** Why the totals differ from vitest's own. */
  readonly remark?: string;
}

/**
 * Reads the report of vitest's JSON reporter.
 * @throws Error when it is not such a report.
 */
export function readTotals(report: unknown): Totals {
  const fields = asRecord(report);
  const files = fields['testResults'];
  if (!Array.isArray(files)) throw new Error('the report has no list "testResults"');
  return {
    passed: count(fields, 'numPassedTests'),
    failed: count(fields, 'numFailedTests') + files.filter(failedToLoad).length,
    skipped: count(fields, 'numPendingTests') + count(fields, 'numTodoTests'),
  };
}

/**
 * A run without a single test counts as one failure, and so does an error outside of all tests: the totals never look
 * better than the exit code.
 */
export function judgeRun(exitCode: number, totals: Totals): RunResult {
  if (totals.passed + totals.failed === 0) {
    return { exitCode: exitCode || 1, totals: { ...totals, failed: 1 }, remark: 'No test was run.' };
  }
  if (exitCode !== 0 && totals.failed === 0) {
    const remark = 'vitest reports an error outside of the tests; it counts as one failure.';
    return { exitCode, totals: { ...totals, failed: 1 }, remark };
  }
  return { exitCode, totals };
}

/** The closing line: `12 passed, 0 failed`, with `, 3 skipped` only if there are any. */
export function formatTotals({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function failedToLoad(file: unknown): boolean {
  const { status, assertionResults } = asRecord(file);
  return status === 'failed' && Array.isArray(assertionResults) && assertionResults.length === 0;
}

function count(fields: Record<string, unknown>, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number') throw new Error(`the report has no number "${name}"`);
  return value;
}

function asRecord(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error(`got ${typeof value}, expected an object`);
  return { ...value };
}
