import { once } from 'node:events';
import { connectBridge } from '@evenlight/bridge/src/client/connect-bridge.ts';
import { colorSpaces, DEFAULT_ADJUSTMENT, serializeColorSpace } from '@evenlight/models';
import { expect, it, onTestFinished } from 'vitest';
import { BridgeProcess } from '../fakes/bridge-process.ts';

const [WIDTH, HEIGHT] = [6000, 4000];
const ROW_BYTES = WIDTH * 6;

/** Answers every message with how often all garbage of the process has been collected. */
const COUNTER = `
  import { constants, PerformanceObserver } from 'node:perf_hooks';
  let count = 0;
  new PerformanceObserver((list) => {
    for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) count++;
  }).observe({ entryTypes: ['gc'] });
  process.on('message', () => process.send(count));
`;

it('seldom collects all garbage of a bridge while 144 MB of pixels go through it', async () => {
  const nodeArguments = ['--import', `data:text/javascript,${encodeURIComponent(COUNTER)}`];
  const bridge = new BridgeProcess(['--port', '0', '--json'], {}, nodeArguments);
  onTestFinished(() => void bridge.process.kill());
  const { url } = await bridge.listening();
  const count = async (): Promise<number> => {
    const answer = once(bridge.process, 'message');
    bridge.process.send('count');
    return Number((await answer)[0]);
  };
  const client = await connectBridge(url);
  onTestFinished(() => client.close());
  const [model] = client.server.models;
  const { width, height } = model!.proxy;
  const job = await client.openFix({
    ...{ model: model!.name, proxy: { width, height, pixels: new Float32Array(width * height * 3).fill(0.2) } },
    ...DEFAULT_ADJUSTMENT,
    image: {
      ...{ width: WIDTH, height: HEIGHT, channels: 3, format: 'uint16' },
      colorSpace: { ...serializeColorSpace(colorSpaces.srgb) },
    },
  });
  const before = await count();
  const rows = new Uint8Array(ROW_BYTES * 64);
  await job.apply({
    readRows: (_firstRow, rowCount) => rows.subarray(0, rowCount * ROW_BYTES),
    writeRows: () => undefined,
  });
  // V8 by itself: 10 to 14 times.
  expect((await count()) - before).toBeLessThan(8);
});
