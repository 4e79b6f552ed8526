import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bytesOf } from '@evenlight/bridge/src/codec/byte-source.ts';
import { jpegWriter } from '@evenlight/bridge/src/codec/formats/jpeg-format.ts';
import { readJpegContainer } from '@evenlight/bridge/src/codec/jpeg-container.ts';
import type { Compression } from '@evenlight/bridge/src/codec/photo.ts';

/** The quality of a file that was written of a photograph that came in this compression. */
async function writtenQuality(compression: Compression, quality?: number): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'evenlight-jpeg-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const pixels = new Uint8Array(16 * 16 * 3).fill(120);
  const picture = { width: 16, height: 16, model: 'rgb', hasAlpha: false, format: 'uint8', pixels } as const;
  const metadata = { orientation: 1, native: { format: 'none' } } as const;
  const asked = quality === undefined ? {} : { quality };
  const write = await jpegWriter.write({ picture, metadata, compression, ...asked }, []);
  await write(join(folder, 'a.jpg'));
  const { compression: found } = await readJpegContainer(bytesOf(await readFile(join(folder, 'a.jpg'))));
  return found.format === 'jpeg' ? found.quality : found.format;
}

describe('a JPEG', () => {
  const jpeg = (quality: number) => ({ format: 'jpeg', quality, subsampling: '4:2:0', progressive: false }) as const;

  it.each([
    [40, 85],
    [84, 85],
    [86, 86],
    [97, 97],
  ])('that came in quality %i is written in %i', async (came, written) => {
    expect(await writtenQuality(jpeg(came))).toBe(written);
  });

  it('is written in quality 95 where the photograph was no JPEG', async () => {
    expect(await writtenQuality({ format: 'png' })).toBe(95);
  });

  it('has the quality that is asked for, also a low one', async () => {
    expect(await writtenQuality(jpeg(97), 60)).toBe(60);
  });
});
