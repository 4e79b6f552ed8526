import { PROTOCOL_VERSIONS } from '@evenlight/protocol';
import { parseOrExit } from '../command-line.ts';
import { isExpected } from '../errors.ts';
import type { BridgeServer } from '../server/bridge-server.ts';
import { startBridgeServer } from '../server/bridge-server.ts';
import type { BridgeCommandOptions } from '../server/command-options.ts';
import { parseBridgeOptions } from '../server/command-options.ts';
import type { Log } from '../server/log.ts';
import { formatJson, formatText } from '../server/log.ts';
import { reachableUrls } from '../server/reachable-urls.ts';
import { ExposureService } from '../service/exposure-service.ts';
import { SOFTWARE_VERSION } from '../software-version.ts';

/* `npm run bridge --`: puts the parts together. Standard output says where it listens; the log goes to standard error. */

const EXIT_FAILED = 1;

try {
  await main(parseOrExit(() => parseBridgeOptions(process.argv.slice(2), process.env)));
} catch (error) {
  if (!isExpected(error)) throw error;
  process.stderr.write(`error: ${error.message} (${error.code})\n`);
  process.exit(EXIT_FAILED);
}

async function main(options: BridgeCommandOptions): Promise<void> {
  const log = logTo(options.json);
  const server = await listen(options, log);
  log({ level: 'info', event: 'starting', url: server.url });
  const stop = stopped(server);
  const service = await Promise.race([startService(options, server), stop.then(() => undefined)]);
  // Told to stop while models were being loaded: nobody waits for anything.
  if (service === undefined) process.exit(0);
  server.serve(service);
  announce(options, server, service);
  await stop;
  await service.close();
  log({ level: 'info', event: 'stopped' });
}

async function startService(options: BridgeCommandOptions, server: BridgeServer): Promise<ExposureService> {
  const { modelsFolder, applyThreads, runtime, queueLimit } = options;
  try {
    return await ExposureService.start({
      runtime,
      queueLimit,
      ...(modelsFolder === undefined ? {} : { modelsFolder }),
      ...(applyThreads === undefined ? {} : { applyThreads }),
    });
  } catch (error) {
    await server.abort();
    throw error;
  }
}

function listen(options: BridgeCommandOptions, log: Log): Promise<BridgeServer> {
  const { host, port, token, tls, allowedOrigins, maxConnections, queueLimit } = options;
  return startBridgeServer({
    version: SOFTWARE_VERSION,
    host,
    port,
    allowedOrigins,
    log,
    limits: { maxConnections, queueLimit },
    ...(token === undefined ? {} : { token }),
    ...(tls === undefined ? {} : { tls }),
  });
}

function logTo(json: boolean): Log {
  const format = json ? formatJson : formatText;
  return (entry) => {
    process.stderr.write(`${format(entry, new Date())}\n`);
  };
}

function announce({ json, token }: BridgeCommandOptions, server: BridgeServer, service: ExposureService): void {
  const { url, host, port } = server;
  const models = service.models.map((model) => model.name);
  const { description } = service.runtime;
  if (json) {
    const facts = {
      url,
      urls: reachableUrls(server),
      host,
      port,
      pid: process.pid,
      version: SOFTWARE_VERSION,
      protocol: PROTOCOL_VERSIONS,
    };
    process.stdout.write(`${JSON.stringify({ event: 'listening', ...facts, runtime: description, models })}\n`);
    return;
  }
  const access = token === undefined ? 'no token: this computer only' : 'token needed';
  process.stdout.write(`Evenlight bridge ${SOFTWARE_VERSION} listens at ${reachableUrls(server).join(', ') || url}\n`);
  process.stdout.write(`${description}; models: ${models.join(', ')}; ${access}\n`);
}

/** The first signal lets running jobs finish, the second one does not. */
function stopped(server: BridgeServer): Promise<void> {
  return new Promise((resolve, reject) => {
    let signals = 0;
    const stop = (): void => {
      const ending = ++signals === 1 ? server.close() : server.abort();
      ending.then(resolve, reject);
    };
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  });
}
