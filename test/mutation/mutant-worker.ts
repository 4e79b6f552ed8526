/** Tries mutants that come as lines of JSON on standard input; answers each with `noticed` or `survived` on standard output. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createVitest, type Vitest } from 'vitest/node';
import type { Mutant } from './make-mutants.ts';

const root = resolve(import.meta.dirname, '../..');

for await (const line of createInterface({ input: process.stdin })) {
  const mutant = JSON.parse(line) as Mutant;
  process.stdout.write(`${(await isNoticed(mutant)) ? 'noticed' : 'survived'}\n`);
}

/** Asks the file's own test first: it is the likeliest to notice, and the fastest. */
async function isNoticed(mutant: Mutant): Promise<boolean> {
  const own = mutant.file.replace(/^([^/]+)\/src\//, 'test/unit/$1/').replace(/\.ts$/, '.test.ts');
  const folder = own.split('/').slice(0, 3).join('/');
  if (existsSync(resolve(root, own)) && (await fails(mutant, own))) return true;
  return fails(mutant, `${folder}/`);
}

/** A vitest of its own for every try: one that is used again may still hold modules of the mutant before. */
async function fails(mutant: Mutant, filter: string): Promise<boolean> {
  const vitest = await startVitest(mutant);
  try {
    const { testModules, unhandledErrors } = await vitest.start([filter]);
    if (testModules.length === 0) throw new Error(`no tests in ${filter}`);
    return unhandledErrors.length > 0 || testModules.some((module) => !module.ok());
  } finally {
    await vitest.close();
    // It stands for the tests' outcome, not for this program's.
    process.exitCode = 0;
  }
}

/** The file itself is never touched: an interrupted run leaves nothing behind. */
function startVitest(mutant: Mutant): Promise<Vitest> {
  const path = resolve(root, mutant.file);
  const plugin = {
    name: 'mutant',
    enforce: 'pre' as const,
    transform: (code: string, id: string) => (id.split('?')[0] === path ? mutated(mutant) : code),
  };
  const options = {
    ...{
      root,
      config: false as const,
      watch: false,
      reporters: [{}],
      bail: 1,
      pool: 'threads' as const,
      maxWorkers: 2,
    },
    ...{ include: ['test/unit/**/*.test.ts'], testTimeout: 30_000 },
  };
  return createVitest('test', options, { plugins: [plugin] });
}

function mutated({ file, start, end, replacement }: Mutant): string {
  const source = readFileSync(resolve(root, file), 'utf8');
  return source.slice(0, start) + replacement + source.slice(end);
}
