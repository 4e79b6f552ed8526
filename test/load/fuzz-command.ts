/**
 * Sends a bridge random and mutated frames and handshakes, and looks at every answer: its codes must be those of SPEC.md, the
 * bridge must live, and what it holds must not grow. A client that follows the rules pings meanwhile.
 *
 *     npm run fuzz:bridge -- --frames 1000000
 *     npm run fuzz:bridge -- --seed 4711 --frames 1 --lanes 1      # the connection that a finding names
 *
 * Exit code 1 with findings.
 */
import { rm } from 'node:fs/promises';
import { readCommandLine } from '../command-line.ts';
import { makeTinyModels } from '../fixtures/tiny-model.ts';
import { writeTinyRestoration } from '../fixtures/tiny-restoration.ts';
import { fuzzBridge } from './bridge-fuzz.ts';
import { machineFacts } from './machine-facts.ts';
import { latencyText } from './measurements.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: {
    frames: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    lanes: { type: 'string', default: '32' },
  },
});

/** Growth of the heap that counts as a leak. */
const LEAK_BYTES = 16e6;

const { modelsFolder } = await makeTinyModels();
await writeTinyRestoration(modelsFolder);
try {
  console.log(Object.values(machineFacts()).join(' · '));
  const report = await fuzzBridge({
    frames: Number(values.frames),
    seed: Number(values.seed),
    lanes: Number(values.lanes),
    bridgeArguments: ['--runtime', 'wasm', '--models', modelsFolder],
    onProgress: (frames) => console.log(`${frames} frames`),
  });
  const { frames, connections, seconds, answers, findings, pings, before, after } = report;
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  console.log(`${frames} frames over ${connections} connections in ${seconds.toFixed(0)} s`);
  console.log(Object.entries(answers).sort().map((answer) => answer.join(' ')).join(', ')); // prettier-ignore
  console.log(`honest client's ping: ${latencyText(pings)}`);
  console.log(`heap ${megabytes(before.heapBytes)} → ${megabytes(after.heapBytes)}, process ${megabytes(before.rssBytes)} → ${megabytes(after.rssBytes)}, sockets ${before.sockets} → ${after.sockets}`); // prettier-ignore
  const leaks = after.heapBytes - before.heapBytes > LEAK_BYTES ? ['the heap has grown: a leak?'] : [];
  for (const finding of [...findings, ...leaks]) console.log(`FOUND: ${finding}`);
  process.exitCode = findings.length + leaks.length > 0 ? 1 : 0;
} finally {
  await rm(modelsFolder, { recursive: true });
}
