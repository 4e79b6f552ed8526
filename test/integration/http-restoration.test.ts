import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLocalFixer } from '@evenlight/bridge/src/fix/local-fixer.ts';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { type KernelBridge, startKernelBridge } from '../fakes/kernel-bridge.ts';
import { KernelService, localRestorer } from '../fakes/kernel-service.ts';
import { fixRun } from '../fixtures/fix-run.ts';
import { mismatches } from '../fixtures/open-api.ts';
import { madePicture, temporaryFolder, writePicture } from '../fixtures/photo-files.ts';

async function startBridge({ restores = true } = {}): Promise<KernelBridge> {
  const bridge = await startKernelBridge({ limits: { photoProcesses: 1 } });
  if (restores) bridge.service.restorer = localRestorer();
  return bridge;
}

/** Two stops more light: there is something to clean everywhere. */
async function send({ server }: KernelBridge, photo: string, restore: string): Promise<Response> {
  const url = `${server.url.replace(/^ws/, 'http')}/v1/fix/photo.png?strength=0&ev=2${restore}`;
  const response = await fetch(url, { method: 'POST', body: new Uint8Array(await readFile(photo)) });
  expect(await mismatches('/v1/fix', 'POST', response)).toEqual([]);
  return response;
}

const pixelsOf = (bytes: ArrayBuffer | Buffer): Promise<Buffer> =>
  sharp(Buffer.from(bytes as Buffer))
    .raw()
    .toBuffer();

async function photograph(): Promise<string> {
  return writePicture(join(await temporaryFolder(), 'photo.png'), madePicture(300, 560, 3), 'png');
}

describe('[HT1] noise cleaned over HTTP', () => {
  it('gives the same pixels as on this computer', async () => {
    const photo = await photograph();
    const outFolder = join(await temporaryFolder(), 'here');
    const service = new KernelService();
    service.restorer = localRestorer();
    const startFixer = () => Promise.resolve(createLocalFixer(service));
    await fixRun([photo], { strength: 0, evBias: 2, restore: 0.8, outFolder }, { startFixer });

    const bridge = await startBridge();
    const cleaned = await send(bridge, photo, '&restore=80');
    expect(cleaned.headers.get('evenlight-description')).toContain('noise cleaned');
    const pixels = await pixelsOf(await cleaned.arrayBuffer());
    expect(Buffer.compare(pixels, await pixelsOf(await readFile(join(outFolder, 'photo.png'))))).toBe(0);
    const grainy = await send(bridge, photo, '&restore=0,80');
    const blotchy = await send(bridge, photo, '&restore=80,0');
    const separate = await Promise.all([grainy, blotchy].map(async (each) => pixelsOf(await each.arrayBuffer())));
    expect(new Set([...separate, pixels].map((each) => each.toString('latin1'))).size).toBe(3);
    const plain = await send(bridge, photo, '&restore=off');
    expect(Buffer.compare(pixels, await pixelsOf(await plain.arrayBuffer()))).not.toBe(0);
  });

  it('is refused by a bridge that has no model for it, and for an amount that is none', async () => {
    const photo = await photograph();
    const bridge = await startBridge({ restores: false });
    for (const restore of ['auto', '40']) {
      const response = await send(bridge, photo, `&restore=${restore}`);
      expect(await response.json()).toMatchObject({ code: 'UNKNOWN_MODEL' });
    }
    const wrong = await send(bridge, photo, '&restore=some');
    expect(await wrong.json()).toMatchObject({ code: 'BAD_REQUEST', message: expect.stringContaining('"restore"') });
  });
});
