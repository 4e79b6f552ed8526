import { BridgeProcess } from '@evenlight/test/fakes/bridge-process.ts';
import type { FakeDocument, FakeDocumentOptions } from '@evenlight/test/fakes/photoshop/fake-document.ts';
import { openBridgeSession, type BridgeSession } from '@evenlight/test/fakes/plugin/bridge-session.ts';
import type { FixResult } from '@evenlight/plugin/src/session/fix-result.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';

// WebAssembly restores a tile in seconds, on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

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
function noisyDocument(): FakeDocumentOptions {
  let seed = 11;
  const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const normal = (): number => random() + random() + random() + random() - 2;
  const pixels = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
    const y = Math.floor(i / 3 / WIDTH);
    if (y >= BRIGHT_FROM) return 255;
    const x = Math.floor(i / 3) % WIDTH;
    return Math.max(0, Math.round(14 + (20 * x) / WIDTH + 5 * normal()));
  });
  return {
    title: 'night.tif',
    width: WIDTH,
    height: HEIGHT,
    layers: [{ name: 'Background', kind: 'background', pixels }],
  };
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
    const [before, after] = [colorsOf(document, corrected), colorsOf(document, cleaned!)];
    expect(noiseOf(after)).toBeLessThan(0.75 * noiseOf(before));
    const bright = (BRIGHT_FROM + 24) * WIDTH * 3;
    expect(after.subarray(bright)).toEqual(before.subarray(bright));

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

  it('fixes the exposure alone in a series, whose correction is not what the bridge predicts', async () => {
    const { session, control } = await openNight();
    session.updateRecipe({ restore: 100, evBias: 2 });
    const { id } = control.document('night.tif');
    const [row] = await session.batch.fix([id], { referenceId: id });
    expect(row).toMatchObject({ result: { kind: 'fixed', cleaning: { kind: 'left-out', code: 'DISAGREES' } } });
    expect(control.document('night.tif').state.layers).toHaveLength(2);
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
