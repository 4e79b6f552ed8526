import { readFile } from 'node:fs/promises';
import { mainBundleOptions } from '@evenlight/plugin/scripts/build-plugin.ts';
import { packageProblems } from '@evenlight/plugin/scripts/check-package.ts';
import { build } from 'esbuild';
import sharp from 'sharp';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createFakePhotoshop, type FakePhotoshop } from '../../fakes/photoshop/fake-photoshop.ts';
import { createUxpContext, type UxpContext } from '../../fakes/uxp-context.ts';

const MODELS = new URL('../../../models/', import.meta.url);
const SIZE = { width: 96, height: 64 } as const;

const DARK = new URL('../../fixtures/images/coffee-under.jpg', import.meta.url);

let source: string;
/** A photograph that is plainly too dark, 8 bit RGB. */
let dark: Uint8Array;
const pluginFiles = new Map<string, Uint8Array>();
let recordsMenuCommands: boolean;

beforeAll(async () => {
  dark = new Uint8Array(
    await sharp(await readFile(DARK))
      .resize({ ...SIZE, fit: 'fill' })
      .raw()
      .toBuffer(),
  );
  const { outputFiles } = await build({ ...mainBundleOptions('main.js'), write: false });
  source = outputFiles[0]!.text;
  const contract = await readFile(new URL('exposure/contract.json', MODELS));
  const { files } = JSON.parse(contract.toString()) as { files: { onnx: Record<string, { path: string }> } };
  const manifest = JSON.parse(await readFile(new URL('../../../manifest.json', import.meta.url), 'utf8')) as {
    host: { data: { enableMenuRecording: boolean } };
  };
  recordsMenuCommands = manifest.host.data.enableMenuRecording;
  pluginFiles.set('models/index.json', new TextEncoder().encode('{"models":["exposure"]}'));
  pluginFiles.set('models/exposure/contract.json', new Uint8Array(contract));
  for (const { path } of Object.values(files.onnx)) {
    pluginFiles.set(`models/exposure/${path}`, new Uint8Array(await readFile(new URL(`exposure/${path}`, MODELS))));
  }
});

function mean(samples: ArrayLike<number>): number {
  return Array.from(samples).reduce((sum, code) => sum + code, 0) / samples.length;
}

/** A Photoshop with one dark photograph and the plugin loaded. */
function load(): { fake: FakePhotoshop; context: UxpContext; pluginGlobal: Record<string, unknown> } {
  const pixels = dark.slice();
  const pluginGlobal: Record<string, unknown> = {};
  const fake = createFakePhotoshop({
    ...{ pluginGlobal, pluginFiles, recordsMenuCommands },
    documents: [{ ...SIZE, title: 'dark.jpg', layers: [{ kind: 'background', pixels }] }],
  });
  const context = createUxpContext(fake, pluginGlobal);
  context.run(source);
  return { fake, context, pluginGlobal };
}

describe("the built bundle under UXP's limits", () => {
  it('has nothing in it that UXP refuses', () => {
    const problems = packageProblems(new Map([['main.js', new TextEncoder().encode(source)]]));
    expect(problems.filter((problem) => problem.startsWith('main.js'))).toEqual([]);
  });

  it('runs where there is no code from strings, no TextEncoder, Worker or matchMedia', () => {
    const { context } = load();
    for (const name of ['TextEncoder', 'TextDecoder', 'Worker', 'matchMedia', 'fetch', 'document', 'process']) {
      expect([name, context.typeOf(name)]).toEqual([name, 'undefined']);
    }
    expect(() => context.run('eval("1")')).toThrow(/Code generation from strings disallowed/);
  });

  it('sets up its entry points while it is loaded, and needs no module but Photoshop’s', () => {
    const { fake, context } = load();
    expect(fake.control.uxp.isSetUp).toBe(true);
    expect([...new Set(context.required)].sort()).toEqual(['os', 'photoshop', 'uxp']);
  });

  it('fixes the active document from the menu, without a panel and without a bridge', async () => {
    const { fake } = load();
    const { control } = fake;
    const before = control.composite('dark.jpg');
    await control.uxp.runCommand('fix-exposure');
    const done = (): void => expect(control.document('dark.jpg').history).toHaveLength(2);
    await vi.waitFor(done, { timeout: 200_000, interval: 50 });
    const after = control.composite('dark.jpg');
    expect(mean(after)).toBeGreaterThan(mean(before) + 10);
    expect(control.uxp.entryPointErrors).toEqual([]);
    expect(control.leakedImageData).toBe(0);
  });

  it('records a menu command as one step, which a batch waits for: ten files are fixed before they are saved', async () => {
    const { fake } = load();
    const { control } = fake;
    control.isRecording = true;
    await control.uxp.runCommand('fix-exposure');
    await vi.waitFor(() => expect(control.recorded.length).toBeGreaterThan(0), { timeout: 200_000, interval: 50 });
    control.isRecording = false;
    expect(control.recorded.map(({ methodName }) => methodName)).toEqual(['evenlightFixExposure']);
    const files = Array.from({ length: 10 }, (_, i) => {
      const pixels = dark.map((code) => Math.min(255, code + i));
      return { ...SIZE, title: `${i}.jpg`, layers: [{ kind: 'background' as const, pixels }] };
    });
    const saved = await control.playBatch(control.recorded, files);
    const brighter = saved.map((samples, i) => mean(samples) - mean(files[i]!.layers[0]!.pixels));
    expect(brighter.filter((difference) => difference > 10)).toHaveLength(10);
  });

  it('reads nothing of Photoshop while its panel was never opened, however much is painted', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { control } = load().fake;
    // Whatever the plugin does by itself after it was loaded, and however long it waits for the end of a burst.
    await vi.advanceTimersByTimeAsync(60_000);
    control.session.stateReads.length = 0;
    for (let stroke = 0; stroke < 100; stroke++) control.touch('dark.jpg');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(control.session.stateReads).toEqual([]);
    expect(control.session.listenerCount).toBe(0);
  });

  it('has the handler of recorded actions where Photoshop looks for it', () => {
    const { pluginGlobal } = load();
    expect(typeof pluginGlobal['evenlightFixExposure']).toBe('function');
  });
});
