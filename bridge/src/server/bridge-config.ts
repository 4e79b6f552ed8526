import { resolve } from 'node:path';
import {
  MAX_CHUNK_BYTES,
  MAX_IMAGE_PIXELS,
  MAX_IMAGE_SIDE,
  MAX_WINDOW_BYTES,
  MIN_CHUNK_BYTES,
} from '@evenlight/protocol';
import { RUNTIME_CHOICES } from '@evenlight/runtime';
import * as z from 'zod';
import { messageOf } from '@evenlight/models';
import { BridgeError } from '../errors.ts';
import { LOG_LEVELS } from './log.ts';
import { METRICS_READERS } from './server-options.ts';
import { readSecretFile } from '../access/secret-file.ts';

const whole = (least: number, most: number) => z.int().min(least).max(most);
const milliseconds = whole(1, 24 * 3600 * 1000);
const bytes = whole(1024 * 1024, 1024 ** 4);

const limits = z
  .strictObject({
    maxChunkBytes: whole(MIN_CHUNK_BYTES, MAX_CHUNK_BYTES),
    windowBytes: whole(MIN_CHUNK_BYTES, MAX_WINDOW_BYTES),
    maxImagePixels: whole(1, MAX_IMAGE_PIXELS),
    maxImageSide: whole(1, MAX_IMAGE_SIDE),
    maxJobsPerConnection: whole(1, 1000),
    maxJobsPerUser: whole(1, 100_000),
    maxConnectionsPerUser: whole(1, 100_000),
    maxPendingConnections: whole(1, 100_000),
    maxPendingPerAddress: whole(1, 100_000),
    maxPixelBytes: bytes,
    maxPixelBytesPerUser: bytes,
    maxUploadBytes: bytes,
    maxUploadBytesPerUser: bytes,
    maxUploadBytesInAll: bytes,
    photoProcesses: whole(1, 64),
  })
  .partial();

const times = z
  .strictObject({
    handshakeTimeoutMs: milliseconds,
    refusalDelayMs: milliseconds,
    pingIntervalMs: milliseconds,
    idleTimeoutMs: milliseconds,
    jobTimeoutMs: milliseconds,
    stallTimeoutMs: milliseconds,
    photoTimeoutMs: milliseconds,
    graceMs: milliseconds,
  })
  .partial();

const schema = z
  .strictObject({
    host: z.string().min(1),
    port: whole(0, 65_535),
    tokenFile: z.string().min(1),
    tokensFile: z.string().min(1),
    tls: z.strictObject({ cert: z.string().min(1), key: z.string().min(1), clientCa: z.string().min(1).optional() }),
    allowOrigins: z.array(z.string()),
    trustedProxies: z.array(z.string()),
    proxyProtocol: z.boolean(),
    agentPort: whole(1, 65_535),
    behindProxy: z.boolean(),
    pathPrefix: z.string().regex(/^(\/[\w.~-]+)+\/?$/),
    metrics: z.enum(METRICS_READERS),
    page: z.boolean(),
    models: z.string().min(1),
    runtime: z.enum(RUNTIME_CHOICES),
    devices: z.array(whole(0, 1023)).min(1),
    threads: whole(1, 256),
    queue: whole(0, 10_000),
    queueTimeoutMs: milliseconds,
    maxClients: whole(1, 10_000),
    recycleAfterJobs: whole(1, Number.MAX_SAFE_INTEGER),
    recycleAboveBytes: bytes,
    selfTestIntervalMs: milliseconds,
    log: z.strictObject({ format: z.enum(['text', 'json']), level: z.enum(LOG_LEVELS) }).partial(),
    limits,
    times,
  })
  .partial();

/** What a config file may say; everything may be absent. */
export type BridgeConfig = z.infer<typeof schema>;

/** The schema of a config file, for editors and for `evenlight bridge --config-schema`. */
export function configJsonSchema(): object {
  return { ...z.toJSONSchema(schema, { io: 'input' }), title: 'Evenlight bridge' };
}

/**
 * Reads a config file (JSON). Relative paths in it start at its folder.
 *
 * @throws BridgeError `BAD_INPUT` with the place of the first mistake
 */
export function readConfigFile(file: string): BridgeConfig {
  const fail = (why: string, cause?: unknown): BridgeError =>
    new BridgeError('BAD_INPUT', `the config file ${file} ${why}`, { cause });
  let value: unknown;
  try {
    value = JSON.parse(readSecretFile(file, 'config file'));
  } catch (error) {
    if (error instanceof BridgeError) throw error;
    throw fail(`is not JSON: ${messageOf(error)}`, error);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw fail(`is wrong at ${issue?.path.join('.') || 'its top'}: ${issue?.message ?? ''}`, parsed.error);
  }
  return withAbsolutePaths(parsed.data, resolve(file, '..'));
}

function withAbsolutePaths(config: BridgeConfig, folder: string): BridgeConfig {
  const at = (path: string): string => resolve(folder, path);
  const { tokenFile, tokensFile, models, tls } = config;
  return {
    ...config,
    ...(tokenFile === undefined ? {} : { tokenFile: at(tokenFile) }),
    ...(tokensFile === undefined ? {} : { tokensFile: at(tokensFile) }),
    ...(models === undefined ? {} : { models: at(models) }),
    ...(tls === undefined ? {} : { tls: tlsPaths(tls, at) }),
  };
}

function tlsPaths(tls: NonNullable<BridgeConfig['tls']>, at: (path: string) => string): BridgeConfig['tls'] {
  const { cert, key, clientCa } = tls;
  return { cert: at(cert), key: at(key), ...(clientCa === undefined ? {} : { clientCa: at(clientCa) }) };
}
