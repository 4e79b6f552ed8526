import { setTimeout } from 'node:timers/promises';
import { deserializeCorrection, orientationOf, type PixelImage, serializeColorSpace } from '@evenlight/models';
import type { BridgeClient } from '@evenlight/client';
import { ProtocolError, type ServerHello } from '@evenlight/protocol';
import { peakMemoryBytes } from '@evenlight/runtime';
import {
  type CorrectionOrder,
  modelNamed,
  type PhotoCandidate,
  type PhotoFixer,
  type PhotoPrediction,
  type ReadPhoto,
  rowBytesOf,
} from './photo-fixer.ts';

/** How often a bridge without room is asked for one photograph. */
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
    checksumOf: (name) => client.server.models.find((model) => model.name === name)?.checksum,
    candidate: async (order) => {
      if (!client.isOpen) client = await connect();
      return candidate(client, order);
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

function candidate(client: BridgeClient, order: CorrectionOrder): PhotoCandidate {
  return {
    input: modelNamed(client.server.models, order.model).proxy,
    predict: async (source) => ({ prediction: await predictWhenFree(client, source, order) }),
  };
}

async function predictWhenFree(
  client: BridgeClient,
  source: ReadPhoto,
  order: CorrectionOrder,
): Promise<PhotoPrediction> {
  for (let answers = 1; ; answers++) {
    try {
      return await predict(client, source, order);
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.code !== 'BUSY' || answers === MAX_BUSY_ANSWERS) throw error;
      await setTimeout(error.details.retryAfterMs ?? DEFAULT_RETRY_AFTER_MS, undefined, { signal: order.signal });
    }
  }
}

/** Begins a job: its proxy goes now, its pixels when the prediction is applied. */
async function predict(
  client: BridgeClient,
  { proxy, photo: { image, metadata } }: ReadPhoto,
  { model, adjustment, signal }: CorrectionOrder,
): Promise<PhotoPrediction> {
  const { width, height, channels, format, colorSpace } = image;
  const job = await client.openFix(
    {
      ...{
        model,
        proxy,
        orientation: orientationOf(metadata.orientation),
        strength: adjustment.strength,
        evBias: adjustment.evBias,
      },
      image: { width, height, channels, format, colorSpace: { ...serializeColorSpace(colorSpace) } },
    },
    { signal },
  );
  return {
    correction: deserializeCorrection(job.correction),
    apply: async (pixels: PixelImage, onProgress) => {
      const rows = rowBytesOf(pixels);
      await job.apply({
        readRows: (firstRow, rowCount) => rows.view(firstRow, rowCount),
        writeRows: (bytes, firstRow, rowCount) => {
          rows.write(bytes, firstRow);
          onProgress((firstRow + rowCount) / height);
        },
      });
    },
    release: () => {
      job.cancel();
    },
  };
}
