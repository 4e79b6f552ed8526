import { BridgeProcess } from '@evenlight/test/fakes/bridge-process.ts';
import type { FakeDocumentOptions } from '@evenlight/test/fakes/photoshop/fake-document.ts';
import { openBridgeSession, type BridgeSession } from '@evenlight/test/fakes/plugin/bridge-session.ts';
import { describe, expect, it, onTestFinished } from 'vitest';

const SIDE = 24;

/** Fifty dark pictures: every mode and depth that Photoshop has. */
function fiftyDocuments(): FakeDocumentOptions[] {
  const kinds: readonly [FakeDocumentOptions['mode'], FakeDocumentOptions['bits']][] = [
    ['RGBColorMode', 8],
    ['RGBColorMode', 16],
    ['RGBColorMode', 32],
    ['grayscaleMode', 8],
    ['grayscaleMode', 16],
    ['CMYKColorMode', 8],
    ['labColorMode', 8],
    ['indexedColorMode', 8],
    ['bitmapMode', 1],
    ['RGBColorMode', 8],
  ];
  return Array.from({ length: 50 }, (_, i) => {
    const [mode = 'RGBColorMode', bits = 8] = kinds[i % kinds.length]!;
    const layers = [{ name: 'Background', kind: 'background', pixels: darkPixels(mode, bits) }] as const;
    return { title: `photo-${i}`, mode, bits, width: SIDE, height: SIDE, layers };
  });
}

function darkPixels(mode: string, bits: number): Uint8Array | Uint16Array | Float32Array {
  const components = mode === 'CMYKColorMode' ? 4 : mode === 'RGBColorMode' || mode === 'labColorMode' ? 3 : 1;
  const length = SIDE * SIDE * components;
  if (bits === 16) return Uint16Array.from({ length }, (_, i) => 3000 + (i % 512) * 8);
  if (bits === 32) return Float32Array.from({ length }, (_, i) => 0.005 + (i % 64) / 3000);
  if (mode === 'labColorMode') return Uint8Array.from({ length }, (_, i) => (i % 3 === 0 ? 40 + (i % 30) : 128));
  if (mode === 'CMYKColorMode')
    return Uint8Array.from({ length }, (_, i) => (i % 4 === 3 ? 24 + ((i >> 2) % 40) : 255));
  return Uint8Array.from({ length }, (_, i) => 24 + (i % 40));
}

/** Kills the bridge after the given row is done, and starts it anew at the same port. */
function killAt(setup: BridgeSession, row: number, bridge: BridgeProcess, port: number): void {
  let isKilled = false;
  setup.session.listen((event) => {
    if (event.type !== 'batch' || isKilled || event.rows[row]?.status !== 'done') return;
    isKilled = true;
    bridge.process.kill('SIGKILL');
    void bridge.exited.then(() => {
      const again = startBridge(port);
      onTestFinished(() => void again.process.kill());
    });
  });
}

function startBridge(port: number): BridgeProcess {
  return new BridgeProcess(['--port', String(port), '--runtime', 'wasm', '--json']);
}

describe('fifty open documents, and the bridge killed and started again in the middle', () => {
  it.each([
    ['automatic', 'done by the panel meanwhile'],
    ['bridge', 'done when the bridge is back'],
  ] as const)('with the policy "%s": each is fixed once or has its reason, %s', async (policy, _how) => {
    const bridge = startBridge(0);
    onTestFinished(() => void bridge.process.kill());
    const { url, port } = await bridge.listening();
    const setup = await openBridgeSession(url, policy, fiftyDocuments());
    killAt(setup, 12, bridge, port);
    const before = setup.control.documents.map(({ state }) => state.layers.length);
    const rows = await setup.session.batch.fixAll();
    expect(rows).toHaveLength(50);
    for (const [i, row] of rows.entries()) {
      const document = setup.control.document(row.documentId);
      const added = document.state.layers.length - before[i]!;
      const isFixed = row.status === 'done' && row.result.kind === 'fixed';
      expect.soft(added, `${row.title} ${row.status}`).toBe(isFixed ? 1 : 0);
      expect.soft(document.history.length, row.title).toBe(isFixed ? 2 : 1);
      if (row.status !== 'done')
        expect.soft(row, row.title).toMatchObject({ status: 'skipped', error: { code: 'UNSUPPORTED_DOCUMENT' } });
    }
    expect(rows.filter(({ status }) => status === 'done')).toHaveLength(40);
    const engines = rows.flatMap((row) =>
      row.status === 'done' && 'engine' in row.result ? [row.result.engine.name] : [],
    );
    expect(engines.filter((name) => name === 'bridge').length).toBeGreaterThanOrEqual(10);
    if (policy === 'bridge') expect(setup.local.proxies).toHaveLength(0);
    else expect(engines).toContain('plain');
    expect(setup.control.leakedImageData).toBe(0);
  });
});
