/**
 * Attacks a bridge from many sockets and measures what honest clients need to get in meanwhile.
 *
 *     npm run hostile:bridge                               # 10,000 sockets
 *     npm run hostile:bridge -- --sockets 500 --entries 20
 *     npm run hostile:bridge -- --only idle                # the attacks whose names contain this
 *     npm run hostile:bridge -- --once                     # sockets that are cut stay away
 *
 * Exit code 1 when an honest client did not get in; never for times.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCommandLine } from '../command-line.ts';
import { selfSignedCertificate } from '../fixtures/certificate.ts';
import { makeTinyModels } from '../fixtures/tiny-model.ts';
import { ATTACKS, measureEntries } from './hostile-clients.ts';
import { machineFacts } from './machine-facts.ts';
import { latencyOf, latencyText } from './measurements.ts';
import { ProbedBridge } from './probed-bridge.ts';
import { writeUserTokens } from './user-tokens.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: {
    sockets: { type: 'string', default: '10000' },
    /** Connections at once that guess tokens. */
    guessers: { type: 'string', default: '100' },
    entries: { type: 'string', default: '100' },
    only: { type: 'string', default: '' },
    once: { type: 'boolean', default: false },
  },
});

const folder = await mkdtemp(join(tmpdir(), 'evenlight-hostile-'));
const { modelsFolder } = await makeTinyModels();
const tokensFile = join(folder, 'tokens.json');
const [token = ''] = await writeUserTokens(tokensFile, 1);
const certificate = selfSignedCertificate();
const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
await writeFile(cert, certificate.cert);
await writeFile(key, certificate.key, { mode: 0o600 });
const common = ['--runtime', 'wasm', '--models', modelsFolder, '--tokens', tokensFile];
console.log(Object.values(machineFacts()).join(' · '));
let refusals = 0;

async function attack(name: string, isSecure: boolean): Promise<void> {
  const attacker = ATTACKS[name];
  if (attacker === undefined) throw new Error(`no attack ${name}`);
  const bridge = await ProbedBridge.start([...common, ...(isSecure ? ['--tls-cert', cert, '--tls-key', key] : [])]);
  try {
    const before = await bridge.probe({ resetDelay: true });
    const sockets = Number(name === 'tokenGuessing' ? values.guessers : values.sockets);
    const { port, url } = bridge;
    const ca = isSecure ? certificate.cert : undefined;
    const options = { port, url, token, ca, sockets, returns: !values.once, entries: Number(values.entries) };
    const report = await measureEntries(attacker, options);
    const after = await bridge.probe({ collectGarbage: true });
    refusals += report.refused.length;
    console.log(`${isSecure ? 'TLS, ' : ''}${name}: ${sockets} at once, ${report.attempts} connections`);
    console.log(`  honest clients: ${latencyText(latencyOf(report.entryMs))}; not let in: ${report.refused.join(', ') || 'none'}`); // prettier-ignore
    console.log(`  bridge: ${before.rssBytes >> 20} → ${after.rssBytes >> 20} MiB, event-loop delay p99 ${after.delayP99Ms.toFixed(0)} ms`); // prettier-ignore
  } finally {
    await bridge.stop();
  }
}

try {
  const attacks = [
    ...Object.keys(ATTACKS).map((name) => ({ name, isSecure: false })),
    { name: 'idle', isSecure: true },
  ];
  for (const { name, isSecure } of attacks) if (name.includes(values.only)) await attack(name, isSecure);
} finally {
  await rm(folder, { recursive: true });
  await rm(modelsFolder, { recursive: true });
}
process.exitCode = refusals > 0 ? 1 : 0;
