import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectBridge } from '@evenlight/bridge/src/client/connect-bridge.ts';
import { decodePhoto } from '@evenlight/bridge/src/codec/decode-photo.ts';
import { createBridgeFixer } from '@evenlight/bridge/src/fix/bridge-fixer.ts';
import { createLocalFixer } from '@evenlight/bridge/src/fix/local-fixer.ts';
import type { PixelImage } from '@evenlight/models';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { startKernelBridge } from '../fakes/kernel-bridge.ts';
import { contractOf, KernelService, localRestorer } from '../fakes/kernel-service.ts';
import { fixRun } from '../fixtures/fix-run.ts';
import { type MadePicture, madePicture, temporaryFolder, writePicture } from '../fixtures/photo-files.ts';

interface Margins {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** On a light gray mat. */
function inFrame({ width, height, channels, pixels }: MadePicture, { left, top, right, bottom }: Margins): MadePicture {
  const whole = { width: left + width + right, height: top + height + bottom };
  const framed = new Uint8Array(whole.width * whole.height * channels).fill(200);
  for (let y = 0; y < height; y++) {
    const row = pixels.subarray(y * width * channels, (y + 1) * width * channels);
    framed.set(row, ((top + y) * whole.width + left) * channels);
  }
  return { ...whole, channels, pixels: framed };
}

function differencesWithin(framed: PixelImage, bare: PixelImage, { left, top }: Margins): number[] {
  return Array.from({ length: bare.height * bare.width * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % bare.width, Math.floor(i / 3 / bare.width)];
    return Math.abs(framed.pixels[((top + y) * framed.width + left + x) * 3 + (i % 3)]! - bare.pixels[i]!);
  });
}

describe('a photograph within a frame', () => {
  it.each([1, 6])('comes out as without it, here and over a bridge: orientation %i', async (orientation) => {
    const folder = await temporaryFolder();
    const bare = madePicture(300, 200, 3);
    const margins = { left: 40, top: 90, right: 160, bottom: 70 };
    const photos = [
      await writePicture(join(folder, 'bare.png'), bare, 'png'),
      await writePicture(join(folder, 'framed.png'), inFrame(bare, margins), 'png'),
    ];
    for (const photo of photos)
      await writeFile(photo, await sharp(photo).withMetadata({ orientation }).png().toBuffer());
    const models = [contractOf('exposure', { kind: 'grid', width: 64, height: 64 })];
    const { server } = await startKernelBridge({}, new KernelService(models));
    const startFixers = {
      local: () => Promise.resolve(createLocalFixer(new KernelService(models))),
      remote: () => createBridgeFixer(() => connectBridge(server.url)),
    };
    for (const [name, startFixer] of Object.entries(startFixers)) {
      const { results } = await fixRun(photos, { outFolder: join(folder, name) }, { startFixer });
      expect(results).toEqual(['bare.png: fixed', 'framed.png: fixed']);
    }

    const [local, remote] = [join(folder, 'local'), join(folder, 'remote')];
    const [here1, there] = await Promise.all([local, remote].map((out) => readFile(join(out, 'framed.png'))));
    expect(Buffer.compare(here1!, there!)).toBe(0);
    const alone = await decodePhoto(join(local, 'bare.png'));
    const within = await decodePhoto(join(local, 'framed.png'));
    const differences = differencesWithin(within.image, alone.image, margins);
    expect(differences.reduce((sum, value) => sum + value, 0) / differences.length).toBeLessThan(3);
  });

  it.each([
    ['alone', false],
    ['as one of a series', true],
  ])('is cleaned over a bridge as here, with the same correction: %s', async (_what, isSeries) => {
    const folder = await temporaryFolder();
    const margins = { left: 40, top: 90, right: 160, bottom: 70 };
    const photo = join(folder, 'framed.png');
    await writePicture(photo, inFrame(madePicture(300, 200, 3), margins), 'png');
    await writeFile(photo, await sharp(photo).withMetadata({ orientation: 6 }).png().toBuffer());
    const reference = await writePicture(join(folder, 'reference.png'), madePicture(200, 300, 3), 'png');
    const service = new KernelService([contractOf('exposure', { kind: 'grid', width: 64, height: 64 })]);
    service.restorer = localRestorer();
    const { server } = await startKernelBridge({}, service);
    const startFixers = {
      here: () => Promise.resolve(createLocalFixer(service)),
      there: () => createBridgeFixer(() => connectBridge(server.url)),
    };
    const files: Buffer[] = [];
    for (const [name, startFixer] of Object.entries(startFixers)) {
      for (const restore of [1, 'off'] as const) {
        const outFolder = join(folder, `${name}-${restore}`);
        const options = { evBias: 1, restore, outFolder, ...(isSeries && { reference }) };
        const { outcomes } = await fixRun([photo], options, { startFixer });
        const result = restore === 1 ? { restoration: { luminance: 1, color: 1 } } : {};
        expect(outcomes).toMatchObject([{ status: 'fixed', result }]);
        files.push(await readFile(join(outFolder, 'framed.png')));
      }
    }
    const [cleanedHere, plainHere, cleanedThere, plainThere] = files;
    expect(Buffer.compare(cleanedHere!, cleanedThere!)).toBe(0);
    expect(Buffer.compare(plainHere!, plainThere!)).toBe(0);
    expect(Buffer.compare(cleanedHere!, plainHere!)).not.toBe(0);
  });
});
