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
import type { Log } from './log.ts';

/** What the server takes; told to clients in its hello where it concerns them. */
export interface ServerLimits {
  readonly maxChunkBytes: number;
  readonly windowBytes: number;
  readonly maxImagePixels: number;
  readonly maxImageSide: number;
  readonly maxJobsPerConnection: number;
  readonly maxConnections: number;
  /** Connections that have not said hello yet. */
  readonly maxPendingConnections: number;
  /** Strips of one job that are with the threads or wait for the client's window. */
  readonly maxStripsPerJob: number;
  /** How many predictions the service lets wait; only told on. */
  readonly queueLimit: number;
}

/** Milliseconds. */
export interface ServerTimes {
  readonly handshakeTimeoutMs: number;
  /** Before a wrong token is answered. */
  readonly refusalDelayMs: number;
  readonly pingIntervalMs: number;
  readonly idleTimeoutMs: number;
  readonly jobTimeoutMs: number;
  /** How long running jobs may take to finish when the server is told to stop. */
  readonly graceMs: number;
}

export interface BridgeServerOptions {
  /** Of this software, for hello and health. */
  readonly version: string;
  /** Default 127.0.0.1. Anything but loopback needs a token. */
  readonly host?: string;
  /** 0 takes a free one. Default 8497. */
  readonly port?: number;
  readonly token?: string;
  /** PEM; makes it `wss:`. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** `Origin` headers that are let in although they are web pages'. */
  readonly allowedOrigins?: readonly string[];
  readonly limits?: Partial<ServerLimits>;
  readonly times?: Partial<ServerTimes>;
  readonly log?: Log;
  readonly clock?: Clock;
}

/** With all defaults filled in. */
export interface ServerSettings {
  readonly version: string;
  readonly host: string;
  readonly port: number;
  readonly token: string | undefined;
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly allowedOrigins: readonly string[];
  readonly limits: ServerLimits;
  readonly times: ServerTimes;
  readonly log: Log;
  readonly clock: Clock;
}

/** What a connection works with: it exists only when there is a service. */
export interface SessionSettings extends ServerSettings {
  readonly service: ExposureService;
}

const DEFAULT_LIMITS: ServerLimits = {
  maxChunkBytes: MAX_CHUNK_BYTES,
  windowBytes: DEFAULT_WINDOW_BYTES,
  maxImagePixels: MAX_IMAGE_PIXELS,
  maxImageSide: MAX_IMAGE_SIDE,
  maxJobsPerConnection: 4,
  maxConnections: 64,
  maxPendingConnections: 32,
  maxStripsPerJob: 8,
  queueLimit: 64,
};

const DEFAULT_TIMES: ServerTimes = {
  handshakeTimeoutMs: 10_000,
  refusalDelayMs: 1000,
  pingIntervalMs: 25_000,
  idleTimeoutMs: 75_000,
  jobTimeoutMs: 180_000,
  graceMs: 30_000,
};

/** Fills in the defaults. */
export function resolveSettings(options: BridgeServerOptions): ServerSettings {
  return {
    version: options.version,
    // Some systems resolve the name to ::1 alone, and clients that write 127.0.0.1 would find nothing.
    host: options.host === undefined || options.host === 'localhost' ? '127.0.0.1' : options.host,
    port: options.port ?? DEFAULT_BRIDGE_PORT,
    token: options.token,
    tls: options.tls,
    allowedOrigins: (options.allowedOrigins ?? []).map((origin) => origin.toLowerCase()),
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    times: { ...DEFAULT_TIMES, ...options.times },
    log: options.log ?? (() => undefined),
    clock: options.clock ?? systemClock,
  };
}
