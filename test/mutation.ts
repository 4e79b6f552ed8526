/**
 * `npm run test:mutation`: makes small changes to the sources, one at a time, and counts how many of them the unit tests notice.
 *
 *     npm run test:mutation -- --count 100 --seed 7         # 100 mutants, drawn from all
 *     npm run test:mutation -- --count 30 models/src/fix    # of the files whose path contains this
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { drawMutants, makeMutants } from './mutation/make-mutants.ts';
import { MutantTester } from './mutation/mutant-tester.ts';

/** What is mutated: the arithmetic and the verdicts, and everything in the panel that decides whether something is shown. */
const MUTATED = ['models/src', 'plugin/src/session', 'plugin/src/panel'];
/** Without decisions of their own. */
const LEFT_OUT = /\/(index|errors|photoshop-texts|widgets|dom)\.ts$/;
/** A mutant that takes this many times as long as no mutant runs for ever. */
const PATIENCE = 10;

const root = resolve(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
  },
});

const files = MUTATED.flatMap((folder) =>
  readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
)
  .filter((file) => file.endsWith('.ts') && !LEFT_OUT.test(file))
  .filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)))
  .sort();
const all = files.flatMap((file) => makeMutants(file, readFileSync(resolve(root, file), 'utf8')));
const mutants = drawMutants(all, Number(values.count), Number(values.seed));
console.log(`${mutants.length} of ${all.length} mutants in ${files.length} files, seed ${values.seed}`);

const tester = new MutantTester();
const timeLimitMs = PATIENCE * (await checkGreen());
let noticed = 0;
for (const [index, mutant] of mutants.entries()) {
  const isNoticed = await tester.isNoticed(mutant, timeLimitMs);
  if (isNoticed) noticed++;
  console.log(`${index + 1} ${isNoticed ? 'noticed ' : 'SURVIVED'} ${mutant.file}:${mutant.line} ${mutant.what}`);
}
tester.close();
console.log(`${noticed} of ${mutants.length} noticed (${Math.round((100 * noticed) / mutants.length)} %)`);

/**
 * A suite that is red without any mutant would notice everything.
 *
 * @returns the milliseconds that the slowest package's tests take
 */
async function checkGreen(): Promise<number> {
  let slowestMs = 0;
  for (const folder of new Set(mutants.map(({ file }) => file.split('/')[0]))) {
    const file = mutants.find((mutant) => mutant.file.startsWith(`${folder}/`))!.file;
    const nothing = { file, line: 1, what: 'nothing', start: 0, end: 0, original: '', replacement: '' };
    const startedMs = performance.now();
    if (await tester.isNoticed(nothing, Infinity)) throw new Error(`the unit tests of ${folder} fail without a mutant`);
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
  }
  return slowestMs;
}
