/**
 * Prints what a bridge does under load: many clients with proxies and large pictures, some of which disconnect, cancel, or take
 * their results slowly, while the inference process is killed and stopped. A bare `ws` echo is measured beside it.
 *
 *     npm run bench:bridge                                        # 64 clients, 60 s
 *     npm run bench:bridge -- --seconds 600 --faults 20           # a fault of the inference process every 20 s
 *     npm run bench:bridge -- --clients 16 --large 0.3 --megapixels 12 --json out.json
 *
 * Exit code 1 when a job was lost, or a result belonged to another job; never for times.
 */
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCommandLine } from '../command-line.ts';
import { type BridgeLoadReport, runBridgeLoad } from './bridge-load.ts';
import { measureEcho } from './echo-baseline.ts';
import { summarizeLoad, summaryText } from './load-summary.ts';
import { machineFacts } from './machine-facts.ts';
import { latencyText } from './measurements.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: {
    clients: { type: 'string', default: '64' },
    users: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    /** Shares of all jobs. */
    large: { type: 'string', default: '0.1' },
    small: { type: 'string', default: '0.2' },
    cancel: { type: 'string', default: '0.05' },
    disconnect: { type: 'string', default: '0.03' },
    slow: { type: 'string', default: '0.05' },
    megapixels: { type: 'string', default: '24' },
    /** Seconds between two faults of the inference process; 0: none. */
    faults: { type: 'string', default: '0' },
    models: { type: 'string' },
    runtime: { type: 'string', default: 'auto' },
    json: { type: 'string', default: join(tmpdir(), 'evenlight-bench-bridge.json') },
  },
});

const PROXY_BYTES = 256 * 256 * 12;
const ECHO_SECONDS = 5;

function amount(name: Exclude<keyof typeof values, 'models' | 'runtime' | 'json'>): number {
  const value = Number(values[name]);
  if (values[name] !== '' && value >= 0) return value;
  throw new Error(`--${name} is ${values[name]}, needs a number from 0 on`);
}

const clients = amount('clients');
const settings = {
  clients,
  users: amount('users'),
  seconds: amount('seconds'),
  seed: amount('seed'),
  faultEverySeconds: amount('faults'),
  mix: {
    large: amount('large'),
    small: amount('small'),
    cancel: amount('cancel'),
    disconnect: amount('disconnect'),
    slow: amount('slow'),
    largeMegapixels: amount('megapixels'),
  },
  bridgeArguments: ['--runtime', values.runtime, ...(values.models === undefined ? [] : ['--models', values.models])],
};
const machine = machineFacts();
console.log(
  Object.entries(machine)
    .map((fact) => fact.join(' '))
    .join(' · '),
);

const echo = await measureEcho(clients, Math.min(ECHO_SECONDS, settings.seconds), PROXY_BYTES);
const megabytes = (echo.bytesPerSecond / 1e6).toFixed(0);
console.log(
  `ws echo, ${PROXY_BYTES} bytes: ${latencyText(echo.latency)}; ${echo.messagesPerSecond.toFixed(0)}/s, ${megabytes} MB/s`,
);

let shownSecond = 0;
const report: BridgeLoadReport = await runBridgeLoad({
  ...settings,
  onSecond: (second, jobs) => {
    if (second >= shownSecond + 30) console.log(`${(shownSecond = second)} s: ${jobs} jobs`);
  },
});
const summary = summarizeLoad(report);
console.log(summaryText(summary));
await writeFile(
  values.json,
  `${JSON.stringify({ machine, settings, echo, summary, memory: report.memory }, undefined, 2)}\n`,
);
console.log(`written: ${values.json}`);
process.exitCode = summary.lost + summary.crossed > 0 ? 1 : 0;
