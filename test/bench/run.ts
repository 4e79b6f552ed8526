/**
 * Measures everything that users wait for, against floors and other programs in the same run.
 *
 *     npm run bench                     # all, about 12 minutes on two cores
 *     npm run bench -- --quick          # a first look
 *     npm run bench -- --only fix       # sections whose names begin so
 *     npm run bench -- --write          # all, and BENCHMARKS.md
 *
 * Figures go to `test/bench/results/bench.json` too, with commit, versions and machine.
 */
import { writeFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { messageOf } from '@evenlight/models';
import { circumstances } from '@evenlight/models/bench/measure.ts';
import { readCommandLine } from '../command-line.ts';
import { makeInputs, SHARP_VERSION } from './bench-inputs.ts';
import { benchBridge } from './bridge-bench.ts';
import { type BenchSection, pageText, sectionText } from './bench-report.ts';
import type { BenchRow } from './bench-row.ts';
import { benchFolder, benchGrowth, benchOnePhoto, benchPrograms } from './fix-bench.ts';
import { benchKernel, benchProxy } from './kernel-bench.ts';
import { benchEngines, benchPredict } from './predict-bench.ts';

const { values: options } = readCommandLine(import.meta.filename, {
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    runtime: { type: 'string' },
  },
});
const isQuick = options.quick;
const inputs = await makeInputs();
const fix = { inputs, isQuick, ...(options.runtime !== undefined && { runtime: options.runtime }) };

interface Section {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly bench: () => BenchRow[] | Promise<BenchRow[]>;
}

const SECTIONS: readonly Section[] = [
  {
    name: 'kernel',
    title: 'The kernel and the proxy',
    about: 'One thread, rows of 6000 pixels, a grid of 32×32×16; the ratio is to a copy of the same pixels.',
    bench: async () => [...(await benchKernel(isQuick)), ...(await benchProxy(isQuick))],
  },
  {
    name: 'fix-one',
    title: 'One photograph, from a cold start',
    about: 'Whole processes, with the start of Node, of the network and of the threads.',
    bench: () => benchOnePhoto(fix),
  },
  { name: 'fix-folder', title: 'A folder', about: 'One process for all.', bench: () => benchFolder(fix) },
  {
    name: 'fix-programs',
    title: 'Other programs',
    about: 'Those that are installed, on the same files, with their own automatic exposure or their defaults.',
    bench: () => benchPrograms(fix),
  },
  {
    name: 'predict',
    title: 'A prediction',
    about: 'Through the inference process, as a caller waits for it; the peer runs the bare network in this process.',
    bench: () => benchPredict(isQuick),
  },
  {
    name: 'bridge',
    title: 'The bridge',
    about: 'On this computer; server and client share its cores. The pixels alone, after the prediction.',
    bench: () => benchBridge(isQuick),
  },
  {
    name: 'panel',
    title: "The panel's engines",
    about: 'In Chromium and Node; a block is a time without a turn of the event loop.',
    bench: () => benchEngines(isQuick),
  },
  {
    name: 'growth',
    title: 'Growth',
    about: 'How time and memory grow with the pixels and with the number of photographs.',
    bench: () => benchGrowth(fix),
  },
];

async function measure({ name, title, about, bench }: Section): Promise<BenchSection> {
  process.stderr.write(`${name} …\n`);
  try {
    return { title, about, rows: await bench() };
  } catch (error) {
    return { title, about, rows: [], failure: messageOf(error) };
  }
}

const facts = circumstances({ sharp: SHARP_VERSION });
const wanted = SECTIONS.filter(
  ({ name }) => options.only.length === 0 || options.only.some((part) => name.startsWith(part)),
);
const sections: BenchSection[] = [];
try {
  for (const section of wanted) {
    const measured = await measure(section);
    sections.push(measured);
    console.log(`${sectionText(measured)}\n`);
  }
} finally {
  await inputs.remove();
}
const results = new URL('./results/', import.meta.url);
await mkdir(results, { recursive: true });
await writeFile(new URL('bench.json', results), `${JSON.stringify({ ...facts, isQuick, sections }, undefined, 2)}\n`);
console.log(fileURLToPath(new URL('bench.json', results)));
if (options.write) {
  const page = new URL('../../BENCHMARKS.md', import.meta.url);
  await writeFile(page, pageText(sections, facts));
  console.log(fileURLToPath(page));
}
