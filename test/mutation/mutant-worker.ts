/** Tries mutants that come as lines of JSON on standard input; answers each with `noticed` or `survived` on standard output. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createVitest } from 'vitest/node';
import type { Mutant } from './make-mutants.ts';

const root = resolve(import.meta.dirname, '../..');
/** What `transform` puts into its file. Files on disk are never touched: an interrupted run leaves nothing behind. */
let current: Mutant | undefined;

/** One vitest for all mutants. Its threads begin anew for every test file; what it has transformed is kept. */
const vitest = await createVitest(
  'test',
  {
    ...{ root, config: false, watch: false, reporters: [{}], bail: 1, pool: 'threads', maxWorkers: 2 },
    ...{ include: ['test/unit/**/*.test.ts'], testTimeout: 0, hookTimeout: 0 },
  },
  { plugins: [{ name: 'mutant', enforce: 'pre', transform }] },
);

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${(await isNoticed(JSON.parse(line) as Mutant)) ? 'noticed' : 'survived'}\n`);
}
await vitest.close();

function transform(code: string, id: string): string {
  const path = id.split('?')[0];
  if (current !== undefined && path === resolve(root, current.file)) return mutated(current);
  // Properties are tried with a tenth of their pictures: the mutants that they notice, they notice soon.
  if (path?.endsWith('.test.ts'))
    return code.replace(/numRuns: (\d+)/g, (_, runs) => `numRuns: ${Math.ceil(Number(runs) / 10)}`);
  return code;
}

/** Asks the file's own test first: it is the likeliest to notice, and the fastest. */
async function isNoticed(mutant: Mutant): Promise<boolean> {
  const path = resolve(root, mutant.file);
  current = mutant;
  vitest.invalidateFile(path);
  try {
    const own = mutant.file.replace(/^([^/]+)\/src\//, 'test/unit/$1/').replace(/\.ts$/, '.test.ts');
    return (existsSync(resolve(root, own)) && (await fails([own]))) || (await fails(testsOf(mutant)));
  } finally {
    current = undefined;
    vitest.invalidateFile(path);
    // It stands for the tests' outcome, not for this program's.
    process.exitCode = 0;
  }
}

/** Those of the package. Those of the panel's host take long, and know nothing of what stands above it. */
function testsOf({ file }: Mutant): readonly string[] {
  const isOfPanel = /^plugin\/src\/(session|panel)\//.test(file);
  return isOfPanel ? ['test/unit/plugin/session/', 'test/unit/plugin/panel/'] : [`test/unit/${file.split('/')[0]}/`];
}

async function fails(filters: readonly string[]): Promise<boolean> {
  const specifications = await vitest.globTestSpecifications([...filters]);
  if (specifications.length === 0) throw new Error(`no tests in ${filters.join(', ')}`);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  // The result also lists what ran for other mutants.
  const files = new Set(specifications.map(({ moduleId }) => moduleId));
  return unhandledErrors.length > 0 || testModules.some((module) => files.has(module.moduleId) && !module.ok());
}

function mutated({ file, start, end, original, replacement }: Mutant): string {
  const source = readFileSync(resolve(root, file), 'utf8');
  if (source.slice(start, end) !== original) throw new Error(`${file} was changed meanwhile: start again`);
  return source.slice(0, start) + replacement + source.slice(end);
}
