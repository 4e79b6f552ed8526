/**
 * `npm run test:mutation`: makes small changes to the sources, one at a time, and counts how many of them the unit tests notice.
 *
 *     npm run test:mutation -- --count 100 --seed 7         # 100 mutants, drawn from all
 *     npm run test:mutation -- --count 30 models/src/fix    # of the files whose path contains this
 *     npm run test:mutation -- --list --seed 7              # tries none: prints what is drawn
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readCommandLine } from './command-line.ts';
import { drawMutants, makeMutants } from './mutation/make-mutants.ts';
import { MutantTester } from './mutation/mutant-tester.ts';

/** What is mutated: the arithmetic and the verdicts, and everything in the panel that decides whether something is shown. */
const MUTATED = ['models/src', 'plugin/src/session', 'plugin/src/panel'];
/** Without decisions of their own. */
const LEFT_OUT = /\/(index|errors|photoshop-texts|widgets|dom)\.ts$/;

const root = resolve(import.meta.dirname, '..');
const { values, positionals } = readCommandLine(import.meta.filename, {
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    list: { type: 'boolean', default: false },
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
const SHOWN = { noticed: 'noticed ', survived: 'SURVIVED', unfinished: 'unfinished', untried: 'untried' };
let noticed = 0;
for (const [index, mutant] of mutants.entries()) {
  const outcome = values.list ? 'untried' : await tester.try(mutant);
  // Tests that do not end are a test run that fails.
  if (outcome === 'noticed' || outcome === 'unfinished') noticed++;
  console.log(`${index + 1} ${SHOWN[outcome]} ${mutant.file}:${mutant.line} ${mutant.what}`);
}
tester.close();
if (!values.list) {
  console.log(`${noticed} of ${mutants.length} noticed (${Math.round((100 * noticed) / mutants.length)} %)`);
}
