import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectBridge } from '@evenlight/bridge/src/client/connect-bridge.ts';
import { createBridgeFixer } from '@evenlight/bridge/src/fix/bridge-fixer.ts';
import { createLocalFixer } from '@evenlight/bridge/src/fix/local-fixer.ts';
import type { RunModelTiles } from '@evenlight/bridge/src/service/restorer.ts';
import { identityCorrection, serializeCorrection } from '@evenlight/models';
import type { BridgeClient, JobOptions, JobProgress, OpenCleanRequest } from '@evenlight/client';
import { describe, expect, it } from 'vitest';
import { type KernelBridge, startKernelBridge } from '../fakes/kernel-bridge.ts';
import { KernelService, localRestorer } from '../fakes/kernel-service.ts';
import { fixRun } from '../fixtures/fix-run.ts';
import { madePicture, temporaryFolder, writePicture } from '../fixtures/photo-files.ts';
import { fixRequestFor, type SeededPicture, seededPicture } from '../fixtures/seeded-pictures.ts';

/** Two stops more light: there is something to clean everywhere. */
const LIFT = { strength: 0, evBias: 2 } as const;
const FULL = { luminance: 1, color: 1 };
const SMALL = seededPicture({ width: 9, height: 9, channels: 3, format: 'uint8' });

const CORRECTION = serializeCorrection(identityCorrection());

/** What a client gets for a picture. */
async function clean(
  client: BridgeClient,
  picture: SeededPicture,
  { signal, onProgress, ...changes }: JobOptions & Partial<OpenCleanRequest> = {},
): Promise<Uint8Array> {
  const { request, output } = fixRequestFor(picture, LIFT);
  const wanted = { ...LIFT, image: request.image, correction: CORRECTION, restore: FULL, ...changes };
  const job = await client.openClean(wanted, { signal, onProgress });
  await job.apply(request);
  return output;
}

async function startBridge(runTiles?: RunModelTiles, limits = {}): Promise<KernelBridge> {
  const bridge = await startKernelBridge({ limits });
  bridge.service.restorer = localRestorer(runTiles);
  return bridge;
}

/** The bytes that a fixer on this computer writes. */
async function fixedHere(photo: string, outFolder: string): Promise<string> {
  const service = new KernelService();
  service.restorer = localRestorer();
  const startFixer = () => Promise.resolve(createLocalFixer(service));
  const run = await fixRun([photo], { ...LIFT, restore: 0.8, outFolder }, { startFixer });
  expect(run.code).toBe(0);
  return outFolder;
}

describe('cleaning noise over a bridge', () => {
  it.each([
    ['photo.png', 3, 'uint8', 700, 1300],
    ['alpha.png', 4, 'uint8', 40, 30],
    ['deep.tif', 3, 'uint16', 530, 600],
    ['gray.png', 1, 'uint8', 60, 1100],
  ] as const)(
    '[JB20] [JB21] gives the same bytes as on this computer: %s',
    async (name, channels, format, width, height) => {
      const folder = await temporaryFolder();
      const kind = name.endsWith('png') ? 'png' : 'tiff';
      const photo = await writePicture(join(folder, name), madePicture(width, height, channels, format), kind);
      const here = await fixedHere(photo, join(folder, 'here'));
      const { server } = await startBridge();

      const there = join(folder, 'there');
      const startFixer = () => createBridgeFixer(() => connectBridge(server.url));
      const run = await fixRun([photo], { ...LIFT, restore: 0.8, outFolder: there }, { startFixer });
      const plain = await fixRun([photo], { ...LIFT, outFolder: join(folder, 'plain') }, { startFixer });

      expect([run.results, plain.results]).toEqual([[`${name}: fixed`], [`${name}: fixed`]]);
      expect(run.outcomes[0]).toMatchObject({ result: { restoration: { luminance: 0.8, color: 0.8 } } });
      const bytes = await readFile(join(there, name));
      expect(Buffer.compare(bytes, await readFile(join(here, name)))).toBe(0);
      expect(Buffer.compare(bytes, await readFile(join(folder, 'plain', name)))).not.toBe(0);
    },
  );

  it('[JB20] tells in its hello what it cleans noise with, and how long that takes', async () => {
    const { service, connect } = await startKernelBridge();
    expect((await connect()).server).not.toHaveProperty('restoration');
    service.restorer = localRestorer();
    const seconds = await service.restorer.secondsPerMegapixel();
    const client = await connect();
    expect(client.server.restoration).toEqual({
      ...{ name: 'restoration', version: '2.0.0', secondsPerMegapixel: seconds },
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
  });

  it('[JB20] is refused where nothing does it, by the client and by the bridge', async () => {
    const folder = await temporaryFolder();
    const photo = await writePicture(join(folder, 'photo.png'), madePicture(40, 30, 3), 'png');
    const { server, service, connect } = await startKernelBridge();
    const startFixer = () => createBridgeFixer(() => connectBridge(server.url));
    const run = await fixRun([photo], { ...LIFT, restore: 1 }, { startFixer });
    expect(run.results).toEqual(['photo.png: MODEL_NOT_FOUND']);
    expect(await readdir(folder)).toEqual(['photo.png']);

    service.restorer = localRestorer();
    const client = await connect();
    service.restorer = undefined;
    await expect(clean(client, SMALL)).rejects.toMatchObject({ code: 'UNKNOWN_MODEL' });
  });

  it('[JB22] tells how far it is, and ends when it is cancelled', async () => {
    let tiles = 0;
    const counted: RunModelTiles = ({ input }) => {
      tiles++;
      return Promise.resolve(new Float32Array((input.length / 4) * 3));
    };
    const { connect, service } = await startBridge(counted);
    const client = await connect();
    tiles = 0;
    const picture = seededPicture({ width: 900, height: 1400, channels: 3, format: 'uint8' });
    const stages: JobProgress[] = [];
    await clean(client, picture, { onProgress: (progress) => stages.push(progress) });
    const fractions = stages.flatMap((progress) => (progress.stage === 'restoring' ? [progress.fraction] : []));
    expect(tiles).toBeGreaterThan(3);
    expect(fractions).toEqual(Array.from({ length: tiles }, (_, i) => (i + 1) / tiles));

    const controller = new AbortController();
    const onProgress = ({ stage }: JobProgress): void => {
      if (stage === 'restoring') controller.abort();
    };
    const cancelled = clean(client, picture, { signal: controller.signal, onProgress });
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
    await service.until(() => service.openAppliers.size === 0);
  });

  it('[JB21] counts the rows that tiles see as pixels of the job', async () => {
    // One job needs 35 MB and the proxies some kilobytes: there is room for one job at a time.
    const { connect, service } = await startBridge(undefined, { maxPixelBytes: 40e6, maxPixelBytesPerUser: 40e6 });
    const picture = seededPicture({ width: 900, height: 700, channels: 3, format: 'uint8' });
    const client = await connect();
    const all = await Promise.all(Array.from({ length: 3 }, () => clean(client, picture)));
    expect(all.map((output) => Buffer.compare(output, all[0]!))).toEqual([0, 0, 0]);
    expect(service.mostStripsUnderWay).toBeGreaterThan(0);
  });

  it.each([{ luminance: 1.5, color: 1 }, { luminance: 1 }, 0.5])('[JB20] [TX4] refuses %j', async (restore) => {
    const { connect } = await startBridge();
    // What no caller of this package can write.
    const cleaning = clean(await connect(), SMALL, { restore: restore as typeof FULL });
    await expect(cleaning).rejects.toMatchObject({ code: 'BAD_MESSAGE' });
  });
});
