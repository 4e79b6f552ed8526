import type { ErrorMessage, ProtocolError, ServerHello, WireModel } from '@evenlight/protocol';
import { MAX_ERROR_TEXT_LENGTH, MAX_PROXY_SIDE, MAX_TEXT_BYTES, PROTOCOL_VERSIONS } from '@evenlight/protocol';
import type { SessionSettings } from './server-options.ts';
import { wireRestoration } from './wire-models.ts';

const SERVER_NAME = 'evenlight-bridge';

/** The bridge's hello. */
export function helloMessage(settings: SessionSettings, models: readonly WireModel[]): ServerHello {
  const { limits, times, service, version } = settings;
  const { kind, device, version: engine, description } = service.runtime;
  return {
    type: 'hello',
    protocol: PROTOCOL_VERSIONS.max,
    versions: PROTOCOL_VERSIONS,
    server: { name: SERVER_NAME, version },
    runtime: { kind, device, version: engine, description: description.slice(0, 200) },
    models: [...models],
    ...(service.restorer !== undefined && { restoration: wireRestoration(service.restorer) }),
    limits: {
      maxChunkBytes: limits.maxChunkBytes,
      windowBytes: limits.windowBytes,
      maxImagePixels: limits.maxImagePixels,
      maxImageSide: limits.maxImageSide,
      maxProxySide: MAX_PROXY_SIDE,
      maxTextBytes: MAX_TEXT_BYTES,
      maxJobsPerConnection: limits.maxJobsPerConnection,
      queueLimit: limits.queueLimit,
    },
    liveness: {
      pingIntervalMs: times.pingIntervalMs,
      idleTimeoutMs: times.idleTimeoutMs,
      jobTimeoutMs: times.jobTimeoutMs,
    },
  };
}

/** An error as it goes over the wire. */
export function errorMessage(error: ProtocolError, jobId: number | undefined): ErrorMessage {
  const { retryAfterMs, position, versions } = error.details;
  return {
    type: 'error',
    ...(jobId === undefined ? {} : { jobId }),
    code: error.code,
    message: error.message.slice(0, MAX_ERROR_TEXT_LENGTH),
    retriable: error.retriable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs: Math.max(0, Math.round(retryAfterMs)) }),
    ...(position === undefined ? {} : { position }),
    ...(versions === undefined ? {} : { versions }),
  };
}
