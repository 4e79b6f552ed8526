import { describe, expect, it } from 'vitest';
import { serializeCorrection } from '@evenlight/models';
import type { JobOptions, WirePredictRequest, PredictResult } from '@evenlight/client';
import { BridgeEngine } from '@evenlight/plugin/src/engine/bridge-engine.ts';
import { fakeLink, serverHello } from '../../../fakes/plugin/fake-bridge.ts';
import { gainCorrection } from '../../../fakes/plugin/memory-engine.ts';

const proxy = { width: 8, height: 8, pixels: new Float32Array(192) };

describe('the bridge engine', () => {
  it("offers the bridge's models with the proxies they want", async () => {
    const { client } = await fakeLink(serverHello(['exposure', 'night'], 256));
    const models = await new BridgeEngine({ client, hostName: undefined }).models();
    expect(models).toMatchObject([
      { name: 'exposure', input: { width: 256, height: 256, fit: 'squash' } },
      { name: 'night' },
    ]);
  });

  it('says where the pixels go and what runs there', async () => {
    const { client } = await fakeLink();
    const engine = new BridgeEngine({ client, hostName: 'studio' });
    expect([engine.hostName, engine.description]).toEqual(['studio', 'WebAssembly on the CPU']);
    expect(new BridgeEngine({ client: undefined, hostName: undefined }).hostName).toBeUndefined();
  });

  it('sends the proxy and reads the correction, with progress that does not fall', async () => {
    const { client } = await fakeLink();
    const correction = gainCorrection(1.5);
    const requests: WirePredictRequest[] = [];
    client.predict = (request: WirePredictRequest, options?: JobOptions): Promise<PredictResult> => {
      requests.push(request);
      options?.onProgress?.({ stage: 'queued', position: 0 });
      options?.onProgress?.({ stage: 'predicting' });
      return Promise.resolve({ correction: serializeCorrection(correction) } as PredictResult);
    };
    const seen: number[] = [];
    const engine = new BridgeEngine({ client, hostName: undefined });
    const predicted = await engine.predict(proxy, 'exposure', { onProgress: (fraction) => seen.push(fraction) });
    expect(predicted).toEqual(correction);
    expect(requests).toEqual([{ model: 'exposure', proxy }]);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });

  it('fails as a lost connection without a connection, and after it was disposed of', async () => {
    const disposed = new BridgeEngine({ client: (await fakeLink()).client, hostName: undefined });
    await disposed.dispose();
    for (const engine of [new BridgeEngine({ client: undefined, hostName: undefined }), disposed]) {
      await expect(engine.predict(proxy, 'exposure')).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
      await expect(engine.models()).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    }
  });
});
