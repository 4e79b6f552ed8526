import { fileURLToPath } from 'node:url';
import { BridgeProcess } from '@evenlight/test/fakes/bridge-process.ts';
import { PanelStage } from '@evenlight/test/fakes/plugin/panel-stage.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const PHOTO = fileURLToPath(new URL('../../fixtures/images/coffee-under.jpg', import.meta.url));

let stage: PanelStage;

beforeAll(async () => {
  stage = await PanelStage.start();
});
afterAll(() => stage.close());

function startBridge(port: number): BridgeProcess {
  const bridge = new BridgeProcess([
    ...['--port', String(port), '--runtime', 'wasm', '--json'],
    ...['--allow-origin', stage.server.origin],
  ]);
  onTestFinished(() => {
    bridge.process.kill('SIGKILL');
  });
  return bridge;
}

describe('a bridge that dies while it has a photograph', () => {
  it('leaves the job to the panel, which writes one whole layer; back again it gets the next', async () => {
    const bridge = startBridge(0);
    const { url, port } = await bridge.listening();
    const panel = await stage.startPanel({ hasWebviews: true, height: 1400 });
    onTestFinished(() => panel.close());
    await panel.openPhoto('coffee.jpg', PHOTO, 300);
    await panel.openPanel();
    await panel.useBridge(url);

    // It holds still, so that it cannot have answered when it dies.
    bridge.process.kill('SIGSTOP');
    await panel.press('Fix exposure');
    await panel.see('Analyzing the exposure');
    expect(await panel.layers('coffee.jpg')).toEqual(['Background']);
    bridge.process.kill('SIGKILL');
    await panel.see(
      'The Evenlight server failed, so Photoshop took over: The connection to the Evenlight server was lost.',
      100_000,
    );
    await panel.see(/^In Photoshop, /);
    expect(await panel.layers('coffee.jpg')).toEqual(['Evenlight 100 %', 'Background']);
    expect(await panel.history('coffee.jpg')).toEqual(['Open', 'Fix exposure']);

    // The panel finds it by itself, within the longest pause between two attempts.
    await startBridge(port).listening();
    await panel.openAdvanced();
    await panel.see('Connected to the server on this computer.', 100_000);
    await panel.press('Photo');
    await panel.openPhoto('again.jpg', PHOTO, 300);
    await panel.press('Fix exposure');
    await panel.see(/^Evenlight server on this computer, /, 100_000);
    // The same network, run by two engines: the same pixels, but for rounding.
    const byPanel = await panel.layerPixels('coffee.jpg', 'Evenlight 100 %');
    const byBridge = await panel.layerPixels('again.jpg', 'Evenlight 100 %');
    const apart = byPanel.reduce((most, code, i) => Math.max(most, Math.abs(code - byBridge[i]!)), 0);
    expect(byPanel).toHaveLength(byBridge.length);
    expect(apart).toBeLessThanOrEqual(1);
  });
});
