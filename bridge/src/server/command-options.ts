import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DEFAULT_BRIDGE_PORT } from '@evenlight/protocol';
import { Command, Option } from 'commander';
import { type RuntimeChoice, startFolder } from '@evenlight/runtime';
import { CommandLineError, parseArguments, wholeNumber } from '../command-line.ts';

/** What `npm run bridge` was asked to do. */
export interface BridgeCommandOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string | undefined;
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly allowedOrigins: readonly string[];
  readonly modelsFolder: string | undefined;
  readonly runtime: RuntimeChoice;
  readonly applyThreads: number | undefined;
  readonly queueLimit: number;
  readonly maxConnections: number;
  readonly json: boolean;
}

interface RawOptions {
  readonly host: string;
  readonly port: number;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly allowOrigin?: readonly string[];
  readonly models?: string;
  readonly runtime: RuntimeChoice;
  readonly threads?: number;
  readonly queue: number;
  readonly maxClients: number;
  readonly json?: boolean;
}

const HELP = `
Prints its address once it listens; the log goes to standard error. SIGINT and SIGTERM let running jobs finish.
Exit codes: 0 stopped by a signal, 1 could not start, 2 command line not understood.`;

/**
 * Reads the arguments after `bridge`.
 *
 * @param env `EVENLIGHT_TOKEN`, `EVENLIGHT_MODELS`, and npm's `INIT_CWD`, from which relative paths start
 * @throws CommandLineError
 */
export function parseBridgeOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): BridgeCommandOptions {
  const command = bridgeCommand();
  parseArguments(command, args);
  const raw = command.opts<RawOptions>();
  const folder = startFolder('bridge', env, '.');
  const models = raw.models ?? env['EVENLIGHT_MODELS'];
  return {
    host: raw.host,
    port: raw.port,
    token: chooseToken(raw, env, folder),
    tls: readTls(raw, folder),
    allowedOrigins: raw.allowOrigin ?? [],
    modelsFolder: models === undefined ? undefined : resolve(folder, models),
    runtime: raw.runtime,
    applyThreads: raw.threads,
    queueLimit: raw.queue,
    maxConnections: raw.maxClients,
    json: raw.json ?? false,
  };
}

function bridgeCommand(): Command {
  const runtime = new Option('--runtime <runtime>', 'what runs the network').choices(['auto', 'tensorflow', 'wasm']);
  return new Command('bridge')
    .description('Fixes the exposure of photographs for Photoshop panels and command lines that connect to it.')
    .option('--port <number>', 'where to listen; 0 takes a free port', wholeNumber(0, 65_535), DEFAULT_BRIDGE_PORT)
    .option('--host <address>', 'address to listen at; others than this computer need a token', '127.0.0.1')
    .option('--token <token>', 'what clients must know (others on this computer can see it: better EVENLIGHT_TOKEN)')
    .option('--token-file <file>', 'file with the token')
    .option('--tls-cert <file>', 'certificate chain (PEM): serves wss')
    .option('--tls-key <file>', 'its private key (PEM)')
    .option('--allow-origin <origin>', 'let the pages of this origin in (repeatable)', collect)
    .option('--models <folder>', 'folder with the models')
    .option('--threads <number>', 'threads for full-size pixels (default: one for each core)', wholeNumber(1, 256))
    .option('--queue <number>', 'how many photographs may wait', wholeNumber(0, 10_000), 64)
    .option('--max-clients <number>', 'how many clients may be connected', wholeNumber(1, 10_000), 64)
    .option('--json', 'machine-readable lines')
    .addOption(runtime.default('auto'))
    .addHelpText('after', HELP);
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function chooseToken(
  raw: RawOptions,
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
): string | undefined {
  const token =
    raw.token ?? (raw.tokenFile === undefined ? env['EVENLIGHT_TOKEN'] : read(raw.tokenFile, folder).trim());
  if (token !== '') return token;
  // An empty variable of the environment is an unset one.
  if (raw.token === undefined && raw.tokenFile === undefined) return undefined;
  throw new CommandLineError('error: the token is empty', 2);
}

function readTls({ tlsCert, tlsKey }: RawOptions, folder: string): BridgeCommandOptions['tls'] {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new CommandLineError('error: --tls-cert and --tls-key belong together', 2);
  }
  return { cert: read(tlsCert, folder), key: read(tlsKey, folder) };
}

function read(file: string, folder: string): string {
  try {
    return readFileSync(resolve(folder, file), 'utf8');
  } catch (error) {
    throw new CommandLineError(
      `error: cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`,
      2,
    );
  }
}
