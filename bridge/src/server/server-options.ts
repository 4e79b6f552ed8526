import type { Clock } from '@evenlight/protocol';
import {
  DEFAULT_BRIDGE_PORT,
  DEFAULT_WINDOW_BYTES,
  MAX_CHUNK_BYTES,
  MAX_IMAGE_PIXELS,
  MAX_IMAGE_SIDE,
  systemClock,
} from '@evenlight/protocol';
import type { ExposureService } from '../service/exposure-service.ts';
import { SharedToken, type TokenVerifier } from '../access/access-control.ts';
import { parseTrustedProxies, type TrustedProxies } from '../access/trusted-proxies.ts';
import type { WebPage } from '../http/web-page.ts';
import type { BridgeMetrics } from '../metrics/bridge-metrics.ts';
import type { Log } from './log.ts';
import { throttleLog } from './log-throttle.ts';
import type { PixelBudget } from './pixel-budget.ts';
import type { ReadTurns } from './read-turns.ts';

/** The server's limits. Those that concern clients are in its hello. */
export interface ServerLimits {
  readonly maxChunkBytes: number;
  readonly windowBytes: number;
  readonly maxImagePixels: number;
  readonly maxImageSide: number;
  readonly maxJobsPerConnection: number;
  /** Of one user; of a bridge without users: of one address. */
  readonly maxJobsPerUser: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerUser: number;
  /** Connections that have not said hello yet, from their first packet on. The oldest one makes room for the next. */
  readonly maxPendingConnections: number;
  readonly maxPendingPerAddress: number;
  /** Strips of one job that are with the threads or wait for the client's window. */
  readonly maxStripsPerJob: number;
  readonly maxStripBytesPerJob: number;
  /** Memory for the proxies and pixels of all jobs, and of one user's. */
  readonly maxPixelBytes: number;
  readonly maxPixelBytesPerUser: number;
  /** Of one photograph over HTTP, of one user's, and of all: they are kept on the disk while they are in work. */
  readonly maxUploadBytes: number;
  readonly maxUploadBytesPerUser: number;
  readonly maxUploadBytesInAll: number;
  /** Photographs over HTTP that are read and written at once; default: one a core, at most 4. */
  readonly photoProcesses: number | undefined;
  /** How many predictions may wait. The service enforces it; the hello tells it to clients. */
  readonly queueLimit: number;
}

/** Milliseconds. */
export interface ServerTimes {
  readonly handshakeTimeoutMs: number;
  /** Before a wrong token is answered; it doubles when an address goes on guessing. */
  readonly refusalDelayMs: number;
  readonly pingIntervalMs: number;
  readonly idleTimeoutMs: number;
  readonly jobTimeoutMs: number;
  /** A job that waits for its client ends when nothing has moved for so long. */
  readonly stallTimeoutMs: number;
  /** A photograph over HTTP that takes longer to be read, fixed and written is given up. */
  readonly photoTimeoutMs: number;
  /** How long running jobs may take to finish when the server is told to stop. */
  readonly graceMs: number;
}

/** Some of the settings; the others keep their defaults. */
export type Overrides<T> = { readonly [Name in keyof T]?: T[Name] | undefined };

/** PEM. */
export interface TlsFiles {
  /** The bridge's certificate, then those that lead to its authority. */
  readonly cert: string;
  readonly key: string;
  /** Clients need a certificate of this authority. */
  readonly clientCa?: string;
}

export interface BridgeServerOptions {
  /** Of this software, for hello and health. */
  readonly version: string;
  /** Default 127.0.0.1. Anything but loopback needs a token. */
  readonly host?: string;
  /** 0 takes a free one. Default 8497. */
  readonly port?: number;
  /** One token for everybody … */
  readonly token?: string;
  /** … or one for each user. */
  readonly tokens?: TokenVerifier;
  /** Makes it `wss:`. */
  readonly tls?: TlsFiles;
  /** `Origin` headers that are let in although they are web pages'. */
  readonly allowedOrigins?: readonly string[];
  /** Proxies that are believed when they name the client's address. */
  readonly trustedProxies?: TrustedProxies;
  /** Connections of trusted proxies begin with a header of the PROXY protocol. */
  readonly proxyProtocol?: boolean;
  /** HAProxy's `agent-check` is answered there; absent: nowhere. */
  readonly agentPort?: number;
  /** A reverse proxy may stand before a bridge without a token. */
  readonly behindProxy?: boolean;
  /** `/evenlight`: the bridge answers there as well as at `/`. */
  readonly pathPrefix?: string;
  /** Who may read `/metrics`; default `local`. */
  readonly metrics?: MetricsReaders;
  /** The page at `/`; without it the bridge has none. */
  readonly page?: WebPage;
  readonly limits?: Overrides<ServerLimits>;
  readonly times?: Overrides<ServerTimes>;
  readonly log?: Log;
  readonly clock?: Clock;
}

/** Administrators may, except with `off`; with `local` this computer may as well, with `anyone` everybody who reaches the port. */
export const METRICS_READERS = ['off', 'admin', 'local', 'anyone'] as const;
export type MetricsReaders = (typeof METRICS_READERS)[number];

/** With all defaults filled in. */
export interface ServerSettings {
  readonly version: string;
  readonly host: string;
  readonly port: number;
  readonly tokens: TokenVerifier | undefined;
  readonly tls: TlsFiles | undefined;
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: TrustedProxies;
  readonly proxyProtocol: boolean;
  readonly agentPort: number | undefined;
  readonly behindProxy: boolean;
  readonly pathPrefix: string;
  readonly metrics: MetricsReaders;
  readonly page: WebPage | undefined;
  readonly limits: ServerLimits;
  readonly times: ServerTimes;
  readonly log: Log;
  readonly clock: Clock;
}

/** What a connection works with: it exists only when there is a service. */
export interface SessionSettings extends ServerSettings {
  readonly service: ExposureService;
  readonly pixels: PixelBudget;
  readonly turns: ReadTurns;
  readonly counts: BridgeMetrics;
}

const MIB = 1024 * 1024;

const DEFAULT_LIMITS: ServerLimits = {
  maxChunkBytes: MAX_CHUNK_BYTES,
  windowBytes: DEFAULT_WINDOW_BYTES,
  maxImagePixels: MAX_IMAGE_PIXELS,
  maxImageSide: MAX_IMAGE_SIDE,
  maxJobsPerConnection: 4,
  maxJobsPerUser: 256,
  maxConnections: 256,
  maxConnectionsPerUser: 128,
  maxPendingConnections: 512,
  maxPendingPerAddress: 256,
  maxStripsPerJob: 8,
  maxStripBytesPerJob: 8 * MIB,
  maxPixelBytes: 512 * MIB,
  maxPixelBytesPerUser: 256 * MIB,
  maxUploadBytes: 1024 * MIB,
  maxUploadBytesPerUser: 4096 * MIB,
  maxUploadBytesInAll: 16_384 * MIB,
  photoProcesses: undefined,
  queueLimit: 64,
};

const DEFAULT_TIMES: ServerTimes = {
  handshakeTimeoutMs: 10_000,
  refusalDelayMs: 1000,
  pingIntervalMs: 25_000,
  idleTimeoutMs: 75_000,
  jobTimeoutMs: 180_000,
  stallTimeoutMs: 60_000,
  photoTimeoutMs: 300_000,
  graceMs: 30_000,
};

function withOverrides<T extends object>(defaults: T, overrides: Overrides<T> = {}): T {
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
  return Object.assign({}, defaults, Object.fromEntries(given));
}

/** Fills in the defaults. */
export function resolveSettings(options: BridgeServerOptions): ServerSettings {
  const clock = options.clock ?? systemClock;
  return {
    version: options.version,
    // Some systems resolve the name to ::1 alone, and clients that write 127.0.0.1 would find nothing.
    host: options.host === undefined || options.host === 'localhost' ? '127.0.0.1' : options.host,
    port: options.port ?? DEFAULT_BRIDGE_PORT,
    tokens: options.tokens ?? (options.token === undefined ? undefined : new SharedToken(options.token)),
    tls: options.tls,
    allowedOrigins: (options.allowedOrigins ?? []).map((origin) => origin.toLowerCase()),
    trustedProxies: options.trustedProxies ?? parseTrustedProxies([]),
    proxyProtocol: options.proxyProtocol ?? false,
    agentPort: options.agentPort,
    behindProxy: options.behindProxy ?? false,
    pathPrefix: (options.pathPrefix ?? '').replace(/\/+$/, ''),
    metrics: options.metrics ?? 'local',
    page: options.page,
    limits: withOverrides(DEFAULT_LIMITS, options.limits),
    times: withOverrides(DEFAULT_TIMES, options.times),
    log: throttleLog(options.log ?? (() => undefined), () => clock.nowMs()),
    clock,
  };
}
