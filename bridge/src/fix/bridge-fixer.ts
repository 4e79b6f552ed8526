import { setTimeout } from 'node:timers/promises';
import { type Correction, deserializeCorrection, proxySize, serializeColorSpace } from '@evenlight/models';
import type { BridgeClient } from '@evenlight/client';
import { ProtocolError, type ServerHello } from '@evenlight/protocol';
import { peakMemoryBytes } from '../service/peak-memory.ts';
import { type FixControl, type FixRequest, modelNamed, type PhotoFixer, rowBytesOf } from './photo-fixer.ts';

/** Share of the time until the correction is there; it is only for the progress bar. */
const PREDICTED_FRACTION = 0.2;

/** Thrown into a job to spare it the pixels. */
class NotWorthApplying extends Error {
  override readonly name = 'NotWorthApplying';
}

/** What a bridge without room says is waited for at most so often. */
const MAX_BUSY_ANSWERS = 30;
const DEFAULT_RETRY_AFTER_MS = 1000;

/**
 * Lets a bridge correct photographs: their proxies and then their pixels go there and come back. A connection that is lost
 * costs the photograph it was lost over; for the next one a new connection is tried.
 */
export async function createBridgeFixer(connect: () => Promise<BridgeClient>): Promise<PhotoFixer> {
  let client = await connect();
  return {
    runtime: runtimeOf(client.server),
    proxySize: (model, image) => {
      const { width, height, fit } = modelNamed(client.server.models, model).proxy;
      const input = { width, height, channels: 3, colorSpace: 'srgb', range: [0, 1], layout: 'NHWC' } as const;
      return proxySize({ input: fit === 'inside' ? { ...input, fit } : input }, image);
    },
    fix: async (request, control) => {
      if (!client.isOpen) client = await connect();
      return fixWhenFree(client, request, control);
    },
    peakMemory: () => Promise.resolve([{ process: 'main', pid: process.pid, peakBytes: peakMemoryBytes() }]),
    close: () => {
      client.close();
      return Promise.resolve();
    },
  };
}

function runtimeOf({ server, runtime }: ServerHello): string {
  return `${runtime.description}, ${server.name} ${server.version}`;
}

async function fixWhenFree(client: BridgeClient, request: FixRequest, control: FixControl): Promise<Correction> {
  for (let answers = 1; ; answers++) {
    try {
      return await fix(client, request, control);
    } catch (error) {
      // It comes before any pixel has been sent or changed.
      if (!(error instanceof ProtocolError) || error.code !== 'BUSY' || answers === MAX_BUSY_ANSWERS) throw error;
      await setTimeout(error.details.retryAfterMs ?? DEFAULT_RETRY_AFTER_MS, undefined, { signal: control.signal });
    }
  }
}

async function fix(client: BridgeClient, request: FixRequest, { signal, onProgress }: FixControl): Promise<Correction> {
  const { image, proxy, model, adjustment } = request;
  const { width, height, channels, format } = image;
  const rows = rowBytesOf(image);
  let correction: Correction | undefined;
  try {
    const result = await client.fix(
      {
        ...{ model, proxy, strength: adjustment.strength, evBias: adjustment.evBias },
        image: { width, height, channels, format, colorSpace: { ...serializeColorSpace(image.colorSpace) } },
        onCorrection: (bytes) => {
          correction = deserializeCorrection(bytes);
          onProgress(PREDICTED_FRACTION);
          if (!request.isWorthApplying(correction)) throw new NotWorthApplying();
        },
        readRows: (firstRow, rowCount) => rows.view(firstRow, rowCount),
        writeRows: (bytes, firstRow) => {
          rows.write(bytes, firstRow);
        },
      },
      {
        signal,
        onProgress: (progress) => {
          if (progress.stage !== 'applying') return;
          onProgress(PREDICTED_FRACTION + (1 - PREDICTED_FRACTION) * progress.fraction);
        },
      },
    );
    return correction ?? deserializeCorrection(result.correction);
  } catch (error) {
    if (error instanceof NotWorthApplying && correction !== undefined) return correction;
    throw error;
  }
}
