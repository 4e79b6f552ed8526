import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BridgeProcess } from '../fakes/bridge-process.ts';
import { adobeRgbProfile } from '../fixtures/icc-profile.ts';
import { madePicture, temporaryFolder, writePicture } from '../fixtures/photo-files.ts';
import { type EvenlightRun, runEvenlight } from '../fixtures/run-evenlight.ts';
import { writeTaggedTiff } from '../fixtures/tagged-tiff.ts';

/* The command as people use it: its own process, the shipped model, photographs. */

const IMAGES = fileURLToPath(new URL('../fixtures/images/', import.meta.url));
const DARK = join(IMAGES, 'astronaut-under.jpg');
const RUNTIMES = [
  ['wasm', /^WebAssembly /],
  ['tensorflow', /^native TensorFlow 2\./],
] as const;
/** A busy machine takes long; only what hangs should end here. */
const LONG = { timeout: 900_000 };

/** A dark 16-bit TIFF with an Adobe RGB profile of its own. */
async function writeDeepPhoto(folder: string): Promise<string> {
  const plain = join(folder, 'plain.tif');
  await sharp(DARK).toColourspace('rgb16').resize(700, 500).tiff({ compression: 'lzw' }).toFile(plain);
  return writeTaggedTiff(plain, join(folder, 'deep.tif'));
}

/** The samples as they are stored. Left alone, sharp makes 8 bits of 16 and converts an embedded profile's colours. */
async function samplesOf(path: string, depth: 'uchar' | 'ushort' = 'uchar'): Promise<Uint8Array | Uint16Array> {
  const stored = sharp(path, { ignoreIcc: true }).toColourspace(depth === 'uchar' ? 'srgb' : 'rgb16');
  const bytes = await stored.raw({ depth }).toBuffer();
  return depth === 'uchar' ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

function greatestDifference(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let greatest = Math.abs(left.length - right.length);
  for (let at = 0; at < left.length; at++) greatest = Math.max(greatest, Math.abs(left[at]! - right[at]!));
  return greatest;
}

function expectAllFixed(run: EvenlightRun): void {
  expect(run.stderr).toBe('');
  expect(run.code).toBe(0);
}

describe('evenlight fix with the shipped model', () => {
  it('sees a photograph upright, however its pixels are stored', LONG, async () => {
    const folder = await temporaryFolder();
    const upright = await sharp(DARK).png().toBuffer();
    await sharp(upright).toFile(join(folder, 'upright.png'));
    // What a camera stores that was held upside down, and on its side.
    await sharp(upright).rotate(180).withMetadata({ orientation: 3 }).toFile(join(folder, 'upside-down.png'));
    await sharp(upright).rotate(270).withMetadata({ orientation: 6 }).toFile(join(folder, 'on-its-side.png'));
    const run = await runEvenlight(['fix', folder, '--out', join(folder, 'out'), '--runtime', 'wasm', '--json']);
    expectAllFixed(run);
    const shown = (name: string): Promise<Buffer> =>
      sharp(join(folder, 'out', name))
        .rotate()
        .raw()
        .toBuffer();
    const names = await readdir(join(folder, 'out'));
    const named = (part: string): string => names.find((name) => name.startsWith(part))!;
    const expected = await shown(named('upright'));
    for (const part of ['upside-down', 'on-its-side']) {
      expect(greatestDifference(await shown(named(part)), expected)).toBeLessThanOrEqual(1);
    }
  });

  it('says what it ran on, and native TensorFlow and WebAssembly agree to within 1/255', LONG, async () => {
    const folder = await temporaryFolder();
    for (const [runtime, says] of RUNTIMES) {
      const run = await runEvenlight([
        ...['fix', IMAGES, '--out', join(folder, runtime)],
        ...['--runtime', runtime, '--format', 'png', '--json'],
      ]);
      expectAllFixed(run);
      expect(run.lines.at(-1)).toMatchObject({ runtime: expect.stringMatching(says) as string, failed: 0 });
      expect(run.lines.at(-1)?.['fixed']).toBeGreaterThanOrEqual(5);
    }
    const names = await readdir(join(folder, 'wasm'));
    expect(names.length).toBeGreaterThanOrEqual(10);
    for (const name of names) {
      const [wasm, native] = [join(folder, 'wasm', name), join(folder, 'tensorflow', name)];
      expect(greatestDifference(await samplesOf(wasm), await samplesOf(native)), name).toBeLessThanOrEqual(1);
    }
  });

  it(
    'takes WebAssembly for one photograph, native TensorFlow for many where it is set up, and says so',
    LONG,
    async () => {
      const folder = await temporaryFolder();
      const one = await runEvenlight(['fix', DARK, '--out', folder]);
      expectAllFixed(one);
      expect(one.stdout).toMatch(/^astronaut-under\.jpg: \+\d\.\d EV.* · WebAssembly \(TensorFlow.* · .* s → /);
      const small = await sharp(DARK).resize(96, 64).jpeg().toBuffer();
      const many = join(folder, 'many');
      await mkdir(many);
      for (let i = 0; i < 17; i++) await writeFile(join(many, `${i}.jpg`), small);
      const all = await runEvenlight(['fix', many, '--out', join(folder, 'out')]);
      expectAllFixed(all);
      expect(all.stdout).toMatch(/^0\.jpg: .* · native TensorFlow 2\.\d+\.\d+ on the CPU · .* s → /);
    },
  );

  it.each(RUNTIMES)(
    'gives two clients of one bridge at once the bytes that it gives without (%s)',
    LONG,
    async (runtime) => {
      const folder = await temporaryFolder();
      const photos = [
        await writeDeepPhoto(folder),
        ...['astronaut-under.jpg', 'chelsea-under.png', 'chelsea-over.jpg', 'lake.jpg'].map((name) =>
          join(IMAGES, name),
        ),
      ];
      const token = 'a token for this studio';
      const bridge = new BridgeProcess(['--port', '0', '--json', '--runtime', runtime], { EVENLIGHT_TOKEN: token });
      onTestFinished(() => void bridge.process.kill('SIGKILL'));
      const { url } = await bridge.listening();
      const [one, two, without] = ['one', 'two', 'without'].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ];
      const over = (out: string): Promise<EvenlightRun> =>
        runEvenlight(['fix', ...photos, '--out', out, '--bridge', url, '--json'], { env: { EVENLIGHT_TOKEN: token } });

      const runs = await Promise.all([over(one), over(two)]);
      const local = await runEvenlight(['fix', ...photos, '--out', without, '--runtime', runtime, '--json']);
      bridge.process.kill('SIGTERM');
      await bridge.exited;

      for (const run of [...runs, local]) expectAllFixed(run);
      for (const photo of photos) {
        const expected = await readFile(join(without, basename(photo)));
        for (const out of [one, two]) {
          expect(Buffer.compare(await readFile(join(out, basename(photo))), expected), photo).toBe(0);
        }
      }
      // Nobody learns from a bridge's output who fixes what, or how to get in.
      for (const secret of [token, folder, IMAGES, ...photos.map((photo) => basename(photo))]) {
        expect(bridge.stdout + bridge.stderr).not.toContain(secret);
      }
    },
  );

  it('gives a 16-bit TIFF back in 16 bits, with the bytes of its own profile', LONG, async () => {
    const folder = await temporaryFolder();
    const photo = await writeDeepPhoto(folder);
    const run = await runEvenlight(['fix', photo, '--out', join(folder, 'out'), '--runtime', 'wasm', '--json']);

    expectAllFixed(run);
    expect(run.lines[0]).toMatchObject({ status: 'fixed', samples: 'uint16', fileFormat: 'tiff' });
    const metadata = await sharp(join(folder, 'out/deep.tif')).metadata();
    expect(metadata).toMatchObject({ format: 'tiff', depth: 'ushort', width: 700, height: 500, channels: 3 });
    expect(new Uint8Array(metadata.icc ?? [])).toEqual(adobeRgbProfile());
    const samples = await samplesOf(join(folder, 'out/deep.tif'), 'ushort');
    // 8 bits made wide would be multiples of 257.
    const deep = samples.filter((sample) => sample % 257 !== 0);
    expect(deep.length).toBeGreaterThan(0.9 * samples.length);
    expect(greatestDifference(samples, await samplesOf(photo, 'ushort'))).toBeGreaterThan(5000);
  });

  it('gives every pixel back bit for bit at --strength 0, in the same format and in another one', LONG, async () => {
    const folder = await temporaryFolder();
    const deep = await writeDeepPhoto(folder);
    const alpha = await writePicture(join(folder, 'alpha.png'), madePicture(90, 70, 4), 'png');
    const photos = [deep, alpha, DARK];
    const zero = ['--strength', '0', '--json'];

    const same = await runEvenlight(['fix', ...photos, '--out', join(folder, 'same'), ...zero]);
    const tiff = await runEvenlight(['fix', ...photos, '--out', join(folder, 'tiff'), ...zero, '--format', 'tiff']);

    for (const run of [same, tiff]) {
      expectAllFixed(run);
      expect(run.lines.at(-1)).toMatchObject({ unchanged: 3, fixed: 0, failed: 0 });
    }
    for (const photo of photos) {
      const name = basename(photo);
      expect(Buffer.compare(await readFile(join(folder, 'same', name)), await readFile(photo)), name).toBe(0);
      const converted = join(folder, 'tiff', name.replace(/\.\w+$/, '.tif'));
      const depth = photo === deep ? 'ushort' : 'uchar';
      expect(greatestDifference(await samplesOf(converted, depth), await samplesOf(photo, depth)), name).toBe(0);
    }
  });
});
