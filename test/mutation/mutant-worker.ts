/** Tries mutants that come as lines of JSON on standard input; answers each with `killed` or `survived` on standard output. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createVitest } from 'vitest/node';
import type { Mutant } from './make-mutants.ts';

const root = resolve(import.meta.dirname, '../..');
let current: Mutant | undefined;

const vitest = await createVitest(
  'test',
  {
    ...{ root, config: false, watch: true, reporters: [{}], bail: 1, pool: 'threads', maxWorkers: 2 },
    ...{ include: ['test/unit/**/*.test.ts'], testTimeout: 30_000 },
  },
  {
    plugins: [
      {
        name: 'mutant',
        enforce: 'pre',
        // The file itself is never touched: an interrupted run leaves nothing behind.
        transform: (code: string, id: string) =>
          current !== undefined && id.split('?')[0] === resolve(root, current.file) ? mutated(current) : code,
      },
    ],
  },
);

for await (const line of createInterface({ input: process.stdin })) {
  const mutant = JSON.parse(line) as Mutant;
  const noticed = await isNoticed(mutant);
  process.stdout.write(`${noticed ? 'noticed' : 'survived'}\n`);
}
await vitest.close();

/** Asks the file's own test first: it is the likeliest to notice, and the fastest. */
async function isNoticed(mutant: Mutant): Promise<boolean> {
  const own = mutant.file.replace(/^([^/]+)\/src\//, 'test/unit/$1/').replace(/\.ts$/, '.test.ts');
  const folder = own.split('/').slice(0, 3).join('/');
  const ownTests = existsSync(resolve(root, own)) ? [own] : [];
  return (await fails(mutant, ownTests)) || (await fails(mutant, [`${folder}/`]));
}

async function fails(mutant: Mutant, filters: readonly string[]): Promise<boolean> {
  if (filters.length === 0) return false;
  current = mutant;
  vitest.invalidateFile(resolve(root, mutant.file));
  vitest.state.clearErrors();
  const specifications = await vitest.globTestSpecifications([...filters]);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  current = undefined;
  vitest.invalidateFile(resolve(root, mutant.file));
  return unhandledErrors.length > 0 || testModules.some((module) => !module.ok());
}

function mutated({ file, start, end, replacement }: Mutant): string {
  const source = readFileSync(resolve(root, file), 'utf8');
  return source.slice(0, start) + replacement + source.slice(end);
}
