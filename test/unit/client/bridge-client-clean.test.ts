import { BridgeClient, type OpenCleanRequest } from '@evenlight/client';
import { crc32 } from '@evenlight/protocol';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../fakes/manual-clock.ts';
import { exampleHello, ScriptedBridge } from '../../fakes/scripted-bridge.ts';

const RESTORATION = { name: 'restoration', version: '1.0.0', checksum: 'cd'.repeat(32) };
const CORRECTION = Uint8Array.of(9, 8, 7);
const PIXELS = Uint8Array.of(1, 2, 3, 4);
const REQUEST: OpenCleanRequest = {
  ...{ strength: 1, evBias: 0.5, correction: CORRECTION, restore: { luminance: 0.4, color: 1 } },
  image: { width: 2, height: 2, channels: 1, format: 'uint8', colorSpace: { kind: 'gray' } },
};

async function connected(changes: object = { restoration: RESTORATION }) {
  const bridge = new ScriptedBridge();
  const connecting = BridgeClient.connect(bridge, { client: { name: 'test', version: '1' }, clock: new ManualClock() });
  bridge.say(exampleHello(changes));
  return { client: await connecting, bridge };
}

const given = (bridge: ScriptedBridge): Promise<void> =>
  bridge.until(() => bridge.chunks.some(({ stream, last }) => stream === 'given' && last));

describe('a clean job', () => {
  it('[JB23] gives its correction, and its rows when the bridge is ready for them', async () => {
    const { client, bridge } = await connected();
    const opening = client.openClean(REQUEST);
    await given(bridge);
    expect(bridge.messages[1]).toEqual({
      ...{ type: 'clean', jobId: 1, image: REQUEST.image, strength: 1, evBias: 0.5 },
      ...{ correction: { sizeBytes: 3 }, restore: { luminance: 0.4, color: 1 } },
    });
    expect(bridge.bytesOf(1, 'given')).toEqual(CORRECTION);
    bridge.say({ type: 'ready', jobId: 1, givenCrc32: crc32(CORRECTION) });
    const job = await opening;
    expect(bridge.bytesOf(1, 'pixels')).toHaveLength(0);

    const written: number[] = [];
    const cleaning = job.apply({ readRows: () => PIXELS, writeRows: (bytes) => void written.push(...bytes) });
    await bridge.until(() => bridge.bytesOf(1, 'pixels').length === 4);
    const corrected = PIXELS.map((byte) => 255 - byte);
    bridge.sendChunk({ stream: 'corrected', jobId: 1, sequence: 0, last: true, payload: corrected });
    const sums = { inputBytes: 4, inputCrc32: crc32(PIXELS), outputBytes: 4, outputCrc32: crc32(corrected) };
    bridge.finish(1, sums);
    expect(await cleaning).toMatchObject({ pixelBytes: 4, outputCrc32: crc32(corrected) });
    expect(written).toEqual([...corrected]);
  });

  it('[JB23] [JB13] does not send rows to a bridge that has received another correction', async () => {
    const { client, bridge } = await connected();
    const opening = client.openClean(REQUEST);
    await given(bridge);
    bridge.say({ type: 'ready', jobId: 1, givenCrc32: 1 });
    await expect(opening).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
    expect(bridge.messages.at(-1)).toEqual({ type: 'cancel', jobId: 1 });
  });

  it('[JB20] asks no bridge that does not clean: one of an older version does not know the job', async () => {
    const { client, bridge } = await connected({});
    await expect(client.openClean(REQUEST)).rejects.toMatchObject({ code: 'UNKNOWN_MODEL' });
    expect(bridge.messages.map(({ type }) => type)).toEqual(['hello']);
  });

  it.each([0, 4 * 2 ** 20 + 1])('[JB23] takes no correction of %i bytes', async (length) => {
    const { client, bridge } = await connected();
    const opening = client.openClean({ ...REQUEST, correction: new Uint8Array(length) });
    await expect(opening).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
    expect(bridge.messages.map(({ type }) => type)).toEqual(['hello']);
  });

  it('[JB5] fails when it is done before its rows have come back', async () => {
    const { client, bridge } = await connected();
    const opening = client.openClean(REQUEST);
    await given(bridge);
    bridge.finish(1);
    await expect(opening).rejects.toMatchObject({ code: 'BAD_MESSAGE' });
  });
});
