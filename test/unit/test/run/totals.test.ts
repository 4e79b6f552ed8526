import { formatTotals, judgeRun, readTotals } from '@evenlight/test/run/totals.ts';
import { describe, expect, it } from 'vitest';

const report = (fields: object): object => ({
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
  ...fields,
});

describe('readTotals', () => {
  it('takes the counts of the report', () => {
    const totals = readTotals(report({ numPassedTests: 7, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 }));
    expect(totals).toEqual({ passed: 7, failed: 2, skipped: 2 });
  });

  it('counts a file that could not be loaded as a failure', () => {
    const broken = { status: 'failed', assertionResults: [] };
    const failing = { status: 'failed', assertionResults: [{ status: 'failed' }] };
    expect(readTotals(report({ numFailedTests: 1, testResults: [broken, failing] })).failed).toBe(2);
  });

  it.each([undefined, 'text', {}, { testResults: [] }])('refuses what is not a report: %j', (value) => {
    expect(() => readTotals(value)).toThrow(/expected an object|the report has no/);
  });
});

describe('judgeRun', () => {
  it('keeps the totals of a run that passed', () => {
    const totals = { passed: 3, failed: 0, skipped: 1 };
    expect(judgeRun(0, totals)).toEqual({ exitCode: 0, totals });
  });

  it('fails a run without a single test, whatever vitest says', () => {
    const result = judgeRun(0, { passed: 0, failed: 0, skipped: 2 });
    expect(result).toMatchObject({ exitCode: 1, totals: { failed: 1 } });
  });

  it('counts an error outside of all tests as one failure', () => {
    const result = judgeRun(1, { passed: 5, failed: 0, skipped: 0 });
    expect(result).toMatchObject({ exitCode: 1, totals: { passed: 5, failed: 1 } });
  });
});

describe('formatTotals', () => {
  it('names skipped tests only if there are any', () => {
    expect(formatTotals({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(formatTotals({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  });
});
