/**
 * `npm test`: puts in place what the tests need, runs vitest and closes with its totals in one line.
 * Arguments go on to vitest: `npm test -- --project integration`, `npm test -- test/unit/models`.
 */
import { putKernelCompilerInPlace } from './run/kernel-compiler.ts';
import { putNativeTensorFlowInPlace } from './run/native-tensorflow.ts';
import { PreparationError } from './run/preparation-error.ts';
import { putSystemPackagesInPlace } from './run/system-packages.ts';
import { formatTotals } from './run/totals.ts';
import { runVitest } from './run/vitest-process.ts';

try {
  putSystemPackagesInPlace();
  putNativeTensorFlowInPlace();
  putKernelCompilerInPlace();
  const { exitCode, totals, remark } = runVitest(process.argv.slice(2));
  if (remark !== undefined) console.error(remark);
  console.log(formatTotals(totals));
  process.exitCode = exitCode;
} catch (error) {
  if (!(error instanceof PreparationError)) throw error;
  console.error(`\nThe tests were not run: ${error.message}`);
  process.exitCode = 1;
}
