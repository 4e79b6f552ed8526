import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/photo-files.ts';
import { runEvenlight } from '../fixtures/run-evenlight.ts';

const DARK = fileURLToPath(new URL('../fixtures/images/coffee-under.jpg', import.meta.url));
const MAX_BYTES_PER_PIXEL = 24;

/** A photograph of the wanted size, in a new folder. */
async function writeLarge(name: string, width: number, height: number): Promise<string> {
  const path = join(await temporaryFolder(), name);
  const pipeline = sharp(DARK).resize(width, height, { fit: 'fill' });
  if (name.endsWith('.jpg')) await pipeline.jpeg({ quality: 92 }).toFile(path);
  else await pipeline.toColourspace('rgb16').tiff({ compression: 'none' }).toFile(path);
  return path;
}

interface Summary {
  readonly processes: readonly { readonly process: string; readonly peakBytes: number }[];
  readonly peakBytesPerPixel: number;
}

// Minutes, should the machine be busy: a timing is no failure.
it.each([
  ['a 16-bit TIFF of 24 megapixels', 'large.tif', 6000, 4000, 'uint16'],
  ['an 8-bit JPEG of 101 megapixels', 'large.jpg', 11_600, 8700, 'uint8'],
] as const)(
  'fixes %s within 24 bytes of memory a pixel',
  { timeout: 900_000 },
  async (_, name, width, height, samples) => {
    const photo = await writeLarge(name, width, height);
    const run = await runEvenlight(['fix', photo, '--json']);

    expect(run.stderr).toBe('');
    expect(run.code).toBe(0);
    expect(run.lines[0]).toMatchObject({ status: 'fixed', width, height, samples });
    const { processes, peakBytesPerPixel } = run.lines[1] as unknown as Summary;
    expect(processes.map(({ process }) => process)).toEqual(['main', 'inference']);
    for (const { process, peakBytes } of processes) {
      // Less than the pixels themselves would be no measurement.
      if (process === 'main') expect(peakBytes).toBeGreaterThan(width * height * 3);
      expect(peakBytes / (width * height), process).toBeLessThan(MAX_BYTES_PER_PIXEL);
    }
    expect(peakBytesPerPixel).toBeLessThan(MAX_BYTES_PER_PIXEL);
  },
);
