import { randomBytes } from 'node:crypto';
import { PROTOCOL_VERSIONS } from '@evenlight/protocol';
import { UserTokens } from '../access/user-tokens.ts';
import { parseOrExit } from '../command-line.ts';
import { isExpected } from '../errors.ts';
import type { BridgeServer } from '../server/bridge-server.ts';
import { builtPageFolder, WebPage } from '../http/web-page.ts';
import { startBridgeServer } from '../server/bridge-server.ts';
import type { BridgeCommandOptions } from '../server/command-options.ts';
import { parseBridgeOptions } from '../server/command-options.ts';
import { collectAllLessOften } from '../server/fewer-collections.ts';
import { createLog, type Log } from '../server/log.ts';
import { LiveSettings } from '../server/live-settings.ts';
import { reachableUrls } from '../server/reachable-urls.ts';
import { ExposureService } from '../service/exposure-service.ts';
import { SOFTWARE_VERSION } from '../software-version.ts';

/* `npm run bridge --`: puts the parts together. Standard output says where it listens; the log goes to standard error. */

const EXIT_FAILED = 1;

export async function run(args: readonly string[]): Promise<void> {
  try {
    await main(parseOrExit(() => parseBridgeOptions(args, process.env)));
  } catch (error) {
    if (!isExpected(error)) throw error;
    process.stderr.write(`error: ${error.message} (${error.code})\n`);
    process.exit(EXIT_FAILED);
  }
}

async function main(options: BridgeCommandOptions): Promise<void> {
  collectAllLessOften();
  // The program that reads the address may end afterwards.
  process.stdout.on('error', () => undefined);
  const log = createLog(process.stderr, {
    format: options.json ? 'json' : 'text',
    level: options.logLevel,
    instance: randomBytes(4).toString('hex'),
  });
  const tokens = options.tokensFile === undefined ? undefined : new UserTokens(options.tokensFile);
  const server = await listen(options, tokens, log);
  log({ level: 'info', event: 'starting', url: server.url });
  const stop = stopped(server, log);
  const service = await Promise.race([startService(options, server), stop.then(() => undefined)]);
  // Told to stop while models were being loaded: there are no jobs to finish.
  if (service === undefined) process.exit(0);
  server.serve(service);
  const live = new LiveSettings({ server, service, tokens, log, ...options });
  live.watch();
  // Of a terminal it means that the terminal is gone; see stopped().
  if (!process.stdout.isTTY) process.on('SIGHUP', () => void live.reload());
  announce(options, server, service);
  await stop;
  live.stop();
  await service.close();
  log({ level: 'info', event: 'stopped' });
}

async function startService(options: BridgeCommandOptions, server: BridgeServer): Promise<ExposureService> {
  const { modelsFolder, applyThreads, devices, runtime, queueLimit, config } = options;
  const { queueTimeoutMs, recycleAfterJobs, recycleAboveBytes, selfTestIntervalMs } = config;
  try {
    return await ExposureService.start({
      runtime,
      queueLimit,
      ...(modelsFolder === undefined ? {} : { modelsFolder }),
      ...(applyThreads === undefined ? {} : { applyThreads }),
      ...(devices === undefined ? {} : { devices }),
      ...(queueTimeoutMs === undefined ? {} : { maxQueueMs: queueTimeoutMs }),
      ...(recycleAfterJobs === undefined ? {} : { recycleAfterJobs }),
      ...(recycleAboveBytes === undefined ? {} : { recycleAboveBytes }),
      ...(selfTestIntervalMs === undefined ? {} : { selfTestIntervalMs }),
    });
  } catch (error) {
    await server.abort();
    throw error;
  }
}

async function listen(options: BridgeCommandOptions, tokens: UserTokens | undefined, log: Log): Promise<BridgeServer> {
  const { host, port, token, tls, allowedOrigins, pathPrefix, metrics } = options;
  const { trustedProxies, proxyProtocol, agentPort, behindProxy } = options;
  const { maxConnections, queueLimit, limits, times } = options;
  const pageFolder = options.page ? builtPageFolder() : undefined;
  return startBridgeServer({
    version: SOFTWARE_VERSION,
    host,
    port,
    allowedOrigins,
    trustedProxies,
    proxyProtocol,
    behindProxy,
    pathPrefix,
    metrics,
    log,
    limits: { ...limits, maxConnections, queueLimit },
    times,
    ...(pageFolder === undefined ? {} : { page: await WebPage.load(pageFolder) }),
    ...(agentPort === undefined ? {} : { agentPort }),
    ...(token === undefined ? {} : { token }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(tls === undefined ? {} : { tls }),
  });
}

function announce(options: BridgeCommandOptions, server: BridgeServer, service: ExposureService): void {
  const { json, token, tokensFile } = options;
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
  const access = token === undefined && tokensFile === undefined ? 'no token: this computer only' : 'token needed';
  process.stdout.write(`Evenlight bridge ${SOFTWARE_VERSION} listens at ${reachableUrls(server).join(', ') || url}\n`);
  process.stdout.write(`${description}; models: ${models.join(', ')}; ${access}\n`);
}

/** After the first signal running jobs finish; a second one ends them. */
function stopped(server: BridgeServer, log: Log): Promise<void> {
  return new Promise((resolve, reject) => {
    let signals = 0;
    const stop = (signal: NodeJS.Signals): void => {
      signals++;
      if (signals === 1) log({ level: 'debug', event: 'stopping', signal, connections: server.connectionCount });
      const ending = signals === 1 ? server.close() : server.abort();
      ending.then(resolve, reject);
    };
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, stop);
    if (process.stdout.isTTY) process.on('SIGHUP', stop);
  });
}
