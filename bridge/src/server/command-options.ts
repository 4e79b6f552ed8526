import { resolve } from 'node:path';
import { DEFAULT_BRIDGE_PORT } from '@evenlight/protocol';
import { Command, InvalidArgumentError, Option } from 'commander';
import { RUNTIME_CHOICES, type RuntimeChoice, startFolder } from '@evenlight/runtime';
import { CommandLineError, parseArguments, wholeNumber } from '../command-line.ts';
import { messageOf } from '@evenlight/models';
import { parseOrigin } from '../access/allowed-origin.ts';
import { type BridgeConfig, configJsonSchema, readConfigFile } from './bridge-config.ts';
import { LOG_LEVELS, type LogLevel } from './log.ts';
import { readSecretFile, readTokenFile } from '../access/secret-file.ts';
import { METRICS_READERS, type MetricsReaders, type Overrides } from './server-options.ts';
import type { ServerLimits, ServerTimes, TlsFiles } from './server-options.ts';
import { parseTrustedProxies, type TrustedProxies } from '../access/trusted-proxies.ts';

/** What `npm run bridge` was asked to do. */
export interface BridgeCommandOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string | undefined;
  /** File with a token for each user (`evenlight token add`). */
  readonly tokensFile: string | undefined;
  readonly tls: TlsFiles | undefined;
  /** Where {@link tls} came from, to be read again when they change. */
  readonly tlsPaths: TlsPaths | undefined;
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: TrustedProxies;
  readonly proxyProtocol: boolean;
  readonly agentPort: number | undefined;
  readonly behindProxy: boolean;
  readonly pathPrefix: string;
  readonly metrics: MetricsReaders;
  /** Serve the page at `/`. */
  readonly page: boolean;
  readonly modelsFolder: string | undefined;
  readonly runtime: RuntimeChoice;
  readonly devices: readonly number[] | undefined;
  readonly applyThreads: number | undefined;
  readonly queueLimit: number;
  readonly maxConnections: number;
  readonly json: boolean;
  readonly logLevel: LogLevel;
  readonly limits: Overrides<ServerLimits>;
  readonly times: Overrides<ServerTimes>;
  /** Settings of the config file alone. */
  readonly config: BridgeConfig;
}

export interface TlsPaths {
  readonly cert: string;
  readonly key: string;
  readonly clientCa: string | undefined;
}

interface RawBridgeOptions {
  readonly config?: string;
  readonly configSchema?: boolean;
  readonly host?: string;
  readonly port?: number;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly tokens?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly allowOrigin?: readonly string[];
  readonly trustedProxy?: readonly string[];
  readonly proxyProtocol?: boolean;
  readonly agentPort?: number;
  readonly behindProxy?: boolean;
  readonly pathPrefix?: string;
  readonly metrics?: MetricsReaders;
  readonly page: boolean;
  readonly models?: string;
  readonly runtime?: RuntimeChoice;
  readonly devices?: readonly number[];
  readonly threads?: number;
  readonly queue?: number;
  readonly maxClients?: number;
  readonly json?: boolean;
  readonly logLevel?: LogLevel;
}

const DEFAULT_QUEUE = 64;
const DEFAULT_MAX_CLIENTS = 256;

const HELP = `
Prints its address once it listens; the log goes to standard error. SIGINT and SIGTERM let running jobs finish, SIGHUP reads
tokens, certificate and models again. The command line takes precedence over the environment, and
the environment over the config file.
Exit codes: 0 stopped by a signal, 1 could not start, 2 command line or config file not understood.`;

/**
 * Reads the arguments after `bridge`, and the config file that they name.
 *
 * @param env `EVENLIGHT_CONFIG`, `EVENLIGHT_TOKEN`, `EVENLIGHT_TOKENS`, `EVENLIGHT_MODELS`, and npm's `INIT_CWD`, from which
 *   relative paths start
 * @throws CommandLineError
 */
export function parseBridgeOptions(args: readonly string[], env: NodeJS.ProcessEnv): BridgeCommandOptions {
  const command = bridgeCommand();
  parseArguments(command, args);
  const raw = command.opts<RawBridgeOptions>();
  if (raw.configSchema === true) throw new CommandLineError(JSON.stringify(configJsonSchema(), undefined, 2), 0);
  const folder = startFolder('bridge', env, '.');
  const configFile = raw.config ?? env['EVENLIGHT_CONFIG'];
  return understood(() =>
    combine(raw, env, configFile === undefined ? {} : readConfigFile(resolve(folder, configFile))),
  );
}

/** A file that cannot be used is as good as an argument that cannot be understood. */
function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CommandLineError) throw error;
    throw new CommandLineError(`error: ${messageOf(error)}`, 2);
  }
}

function combine(raw: RawBridgeOptions, env: NodeJS.ProcessEnv, config: BridgeConfig): BridgeCommandOptions {
  const folder = startFolder('bridge', env, '.');
  const at = (path: string | undefined): string | undefined => (path === undefined ? undefined : resolve(folder, path));
  const tlsPaths = chooseTlsPaths(raw, config, at);
  return {
    host: raw.host ?? config.host ?? '127.0.0.1',
    port: raw.port ?? config.port ?? DEFAULT_BRIDGE_PORT,
    token: chooseToken(raw, env, config, at),
    tokensFile: at(raw.tokens ?? textOrNothing(env['EVENLIGHT_TOKENS'])) ?? config.tokensFile,
    tls: tlsPaths === undefined ? undefined : readTlsFiles(tlsPaths),
    tlsPaths,
    allowedOrigins: (raw.allowOrigin ?? config.allowOrigins ?? []).map(parseOrigin),
    ...chooseProxies(raw, config),
    agentPort: raw.agentPort ?? config.agentPort,
    behindProxy: raw.behindProxy ?? config.behindProxy ?? false,
    pathPrefix: raw.pathPrefix ?? config.pathPrefix ?? '',
    metrics: raw.metrics ?? config.metrics ?? 'local',
    page: raw.page && config.page !== false,
    modelsFolder: at(raw.models ?? textOrNothing(env['EVENLIGHT_MODELS'])) ?? config.models,
    runtime: raw.runtime ?? config.runtime ?? 'auto',
    devices: raw.devices ?? config.devices,
    applyThreads: raw.threads ?? config.threads,
    queueLimit: raw.queue ?? config.queue ?? DEFAULT_QUEUE,
    maxConnections: raw.maxClients ?? config.maxClients ?? DEFAULT_MAX_CLIENTS,
    json: raw.json ?? config.log?.format === 'json',
    logLevel: raw.logLevel ?? config.log?.level ?? 'info',
    limits: config.limits ?? {},
    times: config.times ?? {},
    config,
  };
}

function bridgeCommand(): Command {
  const runtime = new Option('--runtime <runtime>', 'what runs the network (default: auto)');
  const metrics = new Option('--metrics <who>', 'who may read /metrics beside administrators (default: local)');
  const logLevel = new Option('--log-level <level>', 'lowest level that is logged (default: info)');
  return new Command('bridge')
    .description('Fixes the exposure of photographs for Photoshop panels and command lines that connect to it.')
    .option('--config <file>', 'JSON file with these settings and more; or EVENLIGHT_CONFIG')
    .option('--config-schema', 'print the JSON schema of the config file')
    .option(
      '--port <number>',
      `port to listen on; 0 takes a free one (default: ${DEFAULT_BRIDGE_PORT})`,
      wholeNumber(0, 65_535),
    )
    .option('--host <address>', 'address to listen on; any other than this computer needs a token (default: 127.0.0.1)')
    .option(
      '--token <token>',
      'token that clients must send (other users of this computer can see it; EVENLIGHT_TOKEN is safer)',
    )
    .option('--token-file <file>', 'file with the token')
    .option('--tokens <file>', "file with a token for each user, made by 'evenlight token add'; or EVENLIGHT_TOKENS")
    .option('--tls-cert <file>', 'certificate chain (PEM): serves wss')
    .option('--tls-key <file>', 'its private key (PEM)')
    .option('--tls-client-ca <file>', 'certificate authority (PEM) that must have issued the certificates of clients')
    .option('--allow-origin <origin>', 'accept web pages of this origin (repeatable)', collect)
    .option('--trusted-proxy <address>', 'trust X-Forwarded-For from this address or network (repeatable)', collect)
    .option('--proxy-protocol', 'connections of trusted proxies begin with a header of the PROXY protocol (1 or 2)')
    .option('--agent-port <number>', "port for HAProxy's agent-check, which asks for the load", wholeNumber(1, 65_535))
    .option('--behind-proxy', 'accept a reverse proxy on this computer even without a token')
    .option('--path-prefix <path>', 'also answer under this path, for proxies that do not remove it', pathPrefix)
    .addOption(metrics.choices(METRICS_READERS))
    .option('--no-page', 'do not serve the page for browsers')
    .option('--models <folder>', 'folder with the models')
    .option('--devices <numbers>', 'GPUs to use, such as 0,1 (default: all)', deviceList)
    .option('--threads <number>', 'threads for full-size pixels (default: cores less one)', wholeNumber(1, 256))
    .option(
      '--queue <number>',
      `how many photographs of one user may wait (default: ${DEFAULT_QUEUE})`,
      wholeNumber(0, 10_000),
    )
    .option(
      '--max-clients <number>',
      `how many clients may be connected (default: ${DEFAULT_MAX_CLIENTS})`,
      wholeNumber(1, 10_000),
    )
    .option('--json', 'machine-readable lines')
    .addOption(logLevel.choices(LOG_LEVELS))
    .addOption(runtime.choices(RUNTIME_CHOICES))
    .addHelpText('after', HELP);
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function pathPrefix(text: string): string {
  if (/^(\/[\w.~-]+)+\/?$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a path such as /evenlight.');
}

function deviceList(text: string): readonly number[] {
  return text.split(',').map((part) => wholeNumber(0, 1023)(part.trim()));
}

/** An empty variable of the environment is an unset one. */
function textOrNothing(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function chooseToken(
  raw: RawBridgeOptions,
  env: NodeJS.ProcessEnv,
  config: BridgeConfig,
  at: (path: string | undefined) => string | undefined,
): string | undefined {
  if (raw.token === '') throw new CommandLineError('error: the token is empty', 2);
  if (raw.token !== undefined) return raw.token;
  const ownFile = at(raw.tokenFile);
  if (ownFile !== undefined) return readTokenFile(ownFile);
  const fromEnvironment = textOrNothing(env['EVENLIGHT_TOKEN']);
  if (fromEnvironment !== undefined) return fromEnvironment;
  return config.tokenFile === undefined ? undefined : readTokenFile(config.tokenFile);
}

function chooseProxies(
  raw: RawBridgeOptions,
  config: BridgeConfig,
): Pick<BridgeCommandOptions, 'trustedProxies' | 'proxyProtocol'> {
  const trustedProxies = parseTrustedProxies(raw.trustedProxy ?? config.trustedProxies ?? []);
  const proxyProtocol = raw.proxyProtocol ?? config.proxyProtocol ?? false;
  if (!proxyProtocol || !trustedProxies.isEmpty) return { trustedProxies, proxyProtocol };
  throw new CommandLineError(
    'error: --proxy-protocol needs --trusted-proxy: the proxies that may send such headers',
    2,
  );
}

function chooseTlsPaths(
  { tlsCert, tlsKey, tlsClientCa }: RawBridgeOptions,
  config: BridgeConfig,
  at: (path: string | undefined) => string | undefined,
): TlsPaths | undefined {
  const [cert, key] = [at(tlsCert) ?? config.tls?.cert, at(tlsKey) ?? config.tls?.key];
  const clientCa = at(tlsClientCa) ?? config.tls?.clientCa;
  if (cert === undefined && key === undefined && clientCa === undefined) return undefined;
  if (cert !== undefined && key !== undefined) return { cert, key, clientCa };
  const needs =
    clientCa === undefined
      ? '--tls-cert and --tls-key belong together'
      : '--tls-client-ca needs --tls-cert and --tls-key';
  throw new CommandLineError(`error: ${needs}`, 2);
}

/** @throws BridgeError `BAD_INPUT` */
export function readTlsFiles({ cert, key, clientCa }: TlsPaths): TlsFiles {
  return {
    cert: readSecretFile(cert, 'certificate'),
    key: readSecretFile(key, 'private key'),
    ...(clientCa === undefined ? {} : { clientCa: readSecretFile(clientCa, 'certificate authority') }),
  };
}
