import { BridgeProcess } from '@evenlight/test/fakes/bridge-process.ts';
import type { FakeDocument, FakeDocumentOptions } from '@evenlight/test/fakes/photoshop/fake-document.ts';
import { openBridgeSession, type BridgeSession } from '@evenlight/test/fakes/plugin/bridge-session.ts';
import type { FixResult } from '@evenlight/plugin/src/session/fix-result.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const WIDTH = 160;
const HEIGHT = 120;
/** Rows from here on are white: nothing is lifted there. */
const BRIGHT_FROM = 90;

let bridge: BridgeProcess;
let url: string;

beforeAll(async () => {
  bridge = new BridgeProcess(['--port', '0', '--runtime', 'wasm', '--json']);
  ({ url } = await bridge.listening());
});
afterAll(async () => {
  bridge.process.kill();
  await bridge.exited;
});

/** A dark, noisy slope above a white band. */
function noisyPixels(): Uint8Array {
  let seed = 11;
  const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const normal = (): number => random() + random() + random() + random() - 2;
  return Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
    const y = Math.floor(i / 3 / WIDTH);
    if (y >= BRIGHT_FROM) return 255;
    const x = Math.floor(i / 3) % WIDTH;
    return Math.max(0, Math.round(14 + (20 * x) / WIDTH + 5 * normal()));
  });
}

function documentOf(title: string, pixels: Uint8Array, width = WIDTH): FakeDocumentOptions {
  const height = pixels.length / 3 / width;
  return { title, width, height, layers: [{ name: 'Background', kind: 'background', pixels }] };
}

const noisyDocument = (): FakeDocumentOptions => documentOf('night.tif', noisyPixels());

/** Another picture of the same night. */
const evenDocument = (): FakeDocumentOptions =>
  documentOf(
    'even.tif',
    noisyPixels().map((sample) => Math.min(255, sample + 25)),
  );

const FRAME = 40;

/** The same within a broad white frame. */
function framedDocument(): FakeDocumentOptions {
  const width = WIDTH + 2 * FRAME;
  const pixels = new Uint8Array(width * (HEIGHT + 2 * FRAME) * 3).fill(255);
  const picture = noisyPixels();
  for (let y = 0; y < HEIGHT; y++) {
    const row = picture.subarray(y * WIDTH * 3, (y + 1) * WIDTH * 3);
    pixels.set(row, ((FRAME + y) * width + FRAME) * 3);
  }
  return documentOf('framed.tif', pixels, width);
}

/** The picture within a frame. */
function partOf(colors: Uint8Array, width: number, frame: number): Uint8Array {
  const rows = Array.from({ length: HEIGHT }, (_, y) => {
    const start = ((frame + y) * width + frame) * 3;
    return colors.subarray(start, start + WIDTH * 3);
  });
  return Uint8Array.from(rows.flatMap((row) => [...row]));
}

/** Less noise where it was lifted, the same pixels where it was not. */
function expectCleaned(document: FakeDocument, result: FixResult): void {
  const { corrected, cleaned } = placedOf(result);
  const [before, after] = [colorsOf(document, corrected), colorsOf(document, cleaned!)];
  expect(noiseOf(after)).toBeLessThan(0.75 * noiseOf(before));
  const bright = (BRIGHT_FROM + 24) * WIDTH * 3;
  expect(after.subarray(bright)).toEqual(before.subarray(bright));
}

const openNight = (): Promise<BridgeSession> => openBridgeSession(url, 'bridge', [noisyDocument()]);

/** Red, green and blue of a layer. */
function colorsOf(document: FakeDocument, layerId: number): Uint8Array {
  const { samples, components } = document.layer(layerId).surface!;
  return Uint8Array.from(samples.filter((_, i) => i % components < 3));
}

/** Standard deviation of what a pixel differs from its neighbour by, in the dark part: noise, for the slope is gentle. */
function noiseOf(colors: Uint8Array): number {
  const squares: number[] = [];
  for (let i = 0; i < (BRIGHT_FROM - 12) * WIDTH * 3 - 3; i++) squares.push((colors[i + 3]! - colors[i]!) ** 2);
  return Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / squares.length / 2);
}

function placedOf(result: FixResult): { readonly corrected: number; readonly cleaned: number | undefined } {
  if (result.kind !== 'fixed') throw new Error(`the result is ${result.kind}`);
  return { corrected: result.placed.layerId, cleaned: result.placed.cleanedLayerId };
}

describe('a dark and noisy document with a bridge that cleans', () => {
  it('gets a cleaned layer: less noise where it was lifted, the same pixels where it was not', async () => {
    const { session, control } = await openNight();
    session.updateRecipe({ restore: 'auto', evBias: 2 });
    const result = await session.photo.fix();
    expect(result).toMatchObject({ kind: 'fixed', cleaning: { kind: 'cleaned' }, engine: { name: 'bridge' } });
    const { corrected, cleaned } = placedOf(result);
    const document = control.document('night.tif');
    expect(document.state.layers.map(({ name }) => name)).toEqual([
      'Evenlight: clean noise',
      'Evenlight 100 %, +2.0 EV',
      'Background',
    ]);
    expect(document.history.map(({ name }) => name)).toEqual(['Open', 'Fix exposure']);
    expect([corrected, cleaned]).not.toContain(undefined);
    expectCleaned(document, result);

    await session.photo.remove();
    expect(document.state.layers.map(({ name }) => name)).toEqual(['Background']);
  });

  it('keeps nothing of a fix that is cancelled while rows come back', async () => {
    const { session, control } = await openNight();
    session.updateRecipe({ restore: 100, evBias: 2 });
    session.listen((event) => {
      if (event.type !== 'job' || event.job === undefined || event.job.isStopping) return;
      if (event.job.progress?.stage === 'cleaning') session.cancel();
    });
    await expect(session.photo.fix()).rejects.toMatchObject({ code: 'CANCELLED' });
    const document = control.document('night.tif');
    expect(document.state.layers.map(({ name }) => name)).toEqual(['Background']);
    expect(document.history).toHaveLength(1);
  });

  it('is cleaned as one of a series, with the correction of the series', async () => {
    const { session, control } = await openBridgeSession(url, 'bridge', [noisyDocument(), evenDocument()]);
    session.updateRecipe({ restore: 100, evBias: 2 });
    const [night, even] = [control.document('night.tif'), control.document('even.tif')];
    const [row] = await session.batch.fix([night.id], { referenceId: even.id });
    if (row?.status !== 'done') throw new Error(`the document is ${String(row?.status)}`);
    expect(row.result).toMatchObject({ kind: 'fixed', cleaning: { kind: 'cleaned' } });
    expectCleaned(night, row.result);
  });

  it('is cleaned within a frame, which the correction leaves out', async () => {
    const { session, control } = await openBridgeSession(url, 'bridge', [framedDocument()]);
    session.updateRecipe({ restore: 100, evBias: 2 });
    const result = await session.photo.fix();
    expect(result).toMatchObject({ kind: 'fixed', cleaning: { kind: 'cleaned' } });
    const document = control.document('framed.tif');
    const { corrected, cleaned } = placedOf(result);
    const [before, after] = [colorsOf(document, corrected), colorsOf(document, cleaned!)];
    const inside = (colors: Uint8Array): Uint8Array => partOf(colors, WIDTH + 2 * FRAME, FRAME);
    expect(noiseOf(inside(after))).toBeLessThan(0.75 * noiseOf(inside(before)));
    // The frame is white, before and after.
    expect(after.subarray(0, WIDTH * 3)).toEqual(before.subarray(0, WIDTH * 3));
  });

  it('keeps the exposure fix where the bridge is lost in the middle', async () => {
    const own = new BridgeProcess(['--port', '0', '--runtime', 'wasm', '--json']);
    onTestFinished(() => void own.process.kill('SIGKILL'));
    const { session, control } = await openBridgeSession((await own.listening()).url, 'automatic', [noisyDocument()]);
    session.updateRecipe({ restore: 100, evBias: 2 });
    control.session.onCall = (name) => {
      // The corrected layer is not made yet: the first layer is the one with the cleaned picture.
      if (name === 'createPixelLayer') own.process.kill('SIGKILL');
    };
    const result = await session.photo.fix();
    expect(result).toMatchObject({ kind: 'fixed', cleaning: { kind: 'left-out', code: 'CONNECTION_LOST' } });
    const document = control.document('night.tif');
    expect(document.state.layers.map(({ name }) => name)).toEqual(['Evenlight 100 %, +2.0 EV', 'Background']);
    expect(document.history).toHaveLength(2);
  });
});
