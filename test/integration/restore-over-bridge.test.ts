import { join } from 'node:path';
import { decodePhoto } from '@evenlight/bridge/src/codec/decode-photo.ts';
import { BridgeProcess } from '@evenlight/test/fakes/bridge-process.ts';
import { expect, it, onTestFinished } from 'vitest';
import { type MadePicture, temporaryFolder, writePicture } from '../fixtures/photo-files.ts';
import { runEvenlight } from '../fixtures/run-evenlight.ts';

const WIDTH = 160;
const HEIGHT = 120;
const FRAME = 40;
/** Rows from here on are white: nothing is lifted there. */
const BRIGHT_FROM = 90;

/** A dark, noisy slope above a white band; `frame` pixels of white around it. */
function night(base: number, frame = 0): MadePicture {
  let seed = 11;
  const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const [width, height] = [WIDTH + 2 * frame, HEIGHT + 2 * frame];
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = [(Math.floor(i / 3) % width) - frame, Math.floor(i / 3 / width) - frame];
    const noise = 5 * (random() + random() + random() + random() - 2);
    if (x < 0 || y < 0 || x >= WIDTH || y >= BRIGHT_FROM) return 255;
    return Math.max(0, Math.round(base + (20 * x) / WIDTH + noise));
  });
  return { width, height, channels: 3, pixels };
}

/** Standard deviation of what a pixel of the dark part differs from its neighbour by. */
function noiseOf(pixels: ArrayLike<number>, frame: number): number {
  let squares = 0;
  const width = WIDTH + 2 * frame;
  for (let y = 12; y < BRIGHT_FROM - 12; y++) {
    for (let i = 12 * 3; i < (WIDTH - 12) * 3; i++) {
      const at = ((y + frame) * width + frame) * 3 + i;
      squares += (pixels[at + 3]! - pixels[at]!) ** 2;
    }
  }
  return Math.sqrt(squares / 2 / ((BRIGHT_FROM - 24) * (WIDTH - 24) * 3));
}

it('cleans a framed photograph and a series on a bridge, and leaves the exposure as it is', async () => {
  const folder = await temporaryFolder();
  const framed = await writePicture(join(folder, 'framed.png'), night(14, FRAME), 'png');
  const one = await writePicture(join(folder, 'one.png'), night(14), 'png');
  const reference = await writePicture(join(folder, 'reference.png'), night(39), 'png');
  const bridge = new BridgeProcess(['--port', '0', '--runtime', 'wasm', '--json']);
  onTestFinished(() => void bridge.process.kill());
  const { url } = await bridge.listening();

  const fixed = async (name: string, args: readonly string[]): Promise<ArrayLike<number>> => {
    const out = join(folder, args.includes('--restore') ? 'cleaned' : 'plain');
    const run = await runEvenlight(['fix', join(folder, name), '--ev', '2', '--bridge', url, '--out', out, ...args]);
    expect(run.errors).toEqual([]);
    return (await decodePhoto(join(out, name))).image.pixels;
  };
  for (const { name, args, frame } of [
    { name: framed, args: [], frame: FRAME },
    { name: one, args: ['--reference', reference], frame: 0 },
  ]) {
    const file = name.slice(folder.length + 1);
    const plain = await fixed(file, args);
    const cleaned = await fixed(file, ['--restore', '100', ...args]);
    expect(noiseOf(cleaned, frame)).toBeLessThan(0.75 * noiseOf(plain, frame));
    // White, far from what was lifted.
    const white = (BRIGHT_FROM + frame + 24) * (WIDTH + 2 * frame) * 3;
    expect(Array.from(cleaned).slice(white)).toEqual(Array.from(plain).slice(white));
  }
});
