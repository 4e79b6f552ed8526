import { crc32 } from 'node:zlib';
import { RuntimeError } from '@evenlight/runtime';
import { type ColorSpace, colorSpaces, type SampleFormat, serializeCorrection } from '@evenlight/models';
import { describe, expect, it } from 'vitest';
import { startKernelBridge } from '../fakes/kernel-bridge.ts';
import { applyKernel, kernelCorrection } from '../fakes/kernel-service.ts';
import { fixRequestFor, flatProxy, type SeededPicture, seededPicture } from '../fixtures/seeded-pictures.ts';

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => error,
  );

/** What the kernel makes of the picture on this computer. */
function locally(picture: SeededPicture, adjustment = { strength: 1, evBias: 0 }, level = 0.3): Uint8Array {
  const { image, bytes } = picture;
  const correction = kernelCorrection(flatProxy(level));
  return applyKernel({ correction, adjustment, image }, bytes, { firstRow: 0, rowCount: image.height });
}

describe('predicting', () => {
  it('[JB3] [FR8] [JB13] returns the correction of exactly this proxy', async () => {
    const { connect } = await startKernelBridge();
    const client = await connect();
    const stages: unknown[] = [];
    const proxy = flatProxy(0.25);
    const result = await client.predict(
      { model: 'exposure', proxy },
      { onProgress: (progress) => stages.push(progress) },
    );
    expect(result.correction).toEqual(new Uint8Array(serializeCorrection(kernelCorrection(proxy))));
    expect(result.model).toMatchObject({ name: 'exposure', version: '1.2.3' });
    expect(result.runtime.description).toBe('the kernel alone');
    expect(stages).toEqual([{ stage: 'queued', position: 0 }, { stage: 'predicting' }]);
  });

  it('[JB7] takes a proxy of any size inside the box of a model that wants it so', async () => {
    const { connect } = await startKernelBridge();
    const client = await connect();
    const proxy = flatProxy(0.25, { width: 64, height: 8 });
    await expect(client.predict({ model: 'restore', proxy })).resolves.toMatchObject({ model: { name: 'restore' } });
  });

  it.each([
    ['BUSY', new RuntimeError('BUSY', 'full', { busy: { position: 64, retryAfterMs: 900 } }), true],
    ['RUNTIME_CRASHED', new RuntimeError('RUNTIME_CRASHED', 'pid 7 died'), true],
    ['RUNTIME_FAILED', new RuntimeError('RUNTIME_FAILED', 'shape'), false],
    ['INTERNAL', new Error('something else'), false],
  ])('[JB10] [ER1] passes on %s and goes on', async (code, failure, retriable) => {
    const { connect, service } = await startKernelBridge();
    const client = await connect();
    service.failure = failure;
    const error = await failureOf(client.predict({ model: 'exposure', proxy: flatProxy(0.5) }));
    expect(error).toMatchObject({ code, retriable });
    if (code === 'BUSY') expect(error).toMatchObject({ details: { retryAfterMs: 900, position: 64 } });
    service.failure = undefined;
    await expect(client.predict({ model: 'exposure', proxy: flatProxy(0.5) })).resolves.toBeDefined();
  });
});

describe('fixing', () => {
  const formats: readonly SampleFormat[] = ['uint8', 'uint16', 'uint15', 'float32'];
  const shapes = formats.flatMap((format) =>
    ([1, 2, 3, 4] as const).map((channels) => ({ format, channels, width: 61 + channels, height: 37 })),
  );

  it.each(shapes)(
    '[JB4] gives $format with $channels channels the very bytes that the kernel gives here',
    async (shape) => {
      const { connect } = await startKernelBridge();
      const client = await connect();
      const picture = seededPicture(shape);
      const adjustment = { strength: 0.8, evBias: 0.3 };
      const { request, output } = fixRequestFor(picture, adjustment);
      const result = await client.fix(request);
      expect(output).toEqual(locally(picture, adjustment));
      expect(output).not.toEqual(picture.bytes);
      expect(result).toMatchObject({ inputCrc32: crc32(picture.bytes), outputCrc32: crc32(output) });
    },
  );

  it.each([
    { width: 1, height: 1 },
    { width: 1, height: 20_000 },
    { width: 20_000, height: 1 },
    { width: 1023, height: 701 },
    { width: 300_000, height: 3 },
  ])('[FR7] [JB4] brings $width × $height across, whatever the chunks cut apart', async (size) => {
    const { connect } = await startKernelBridge();
    const client = await connect();
    const picture = seededPicture({ ...size, channels: 3, format: 'uint16' });
    const { request, output } = fixRequestFor(picture);
    await client.fix(request);
    expect(Buffer.compare(output, locally(picture))).toBe(0);
  });

  it.each<[string, ColorSpace]>([
    ['Adobe RGB', colorSpaces.adobeRgb],
    ['ProPhoto RGB', colorSpaces.proPhoto],
    ['Rec. 2020', colorSpaces.rec2020],
  ])('[JB6] works in %s as here', async (_name, colorSpace) => {
    const { connect } = await startKernelBridge();
    const client = await connect();
    const picture = seededPicture({ width: 33, height: 21, channels: 3, format: 'uint16', colorSpace });
    const { request, output } = fixRequestFor(picture);
    await client.fix(request);
    expect(output).toEqual(locally(picture));
    expect(output).not.toEqual(locally(seededPicture({ width: 33, height: 21, channels: 3, format: 'uint16' })));
  });

  it('returns the same bits when nothing is to be changed', async () => {
    const { connect } = await startKernelBridge();
    const client = await connect();
    const picture = seededPicture({ width: 101, height: 51, channels: 4, format: 'float32' });
    const { request, output } = fixRequestFor(picture, { strength: 0, evBias: 0 });
    await client.fix(request);
    expect(output).toEqual(picture.bytes);
  });

  it('a caller that learns that nothing needs fixing sends no pixels', async () => {
    const { connect, service } = await startKernelBridge();
    const client = await connect();
    const { request } = fixRequestFor(seededPicture({ width: 8, height: 8, channels: 3, format: 'uint8' }));
    const job = await client.openFix(request);
    await service.until(() => service.openAppliers.size === 1);
    job.cancel();
    await service.until(() => service.openAppliers.size === 0);
    await expect(job.apply(request)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(service.mostStripsUnderWay).toBe(0);
  });

  it('logs sizes and times and nothing of what is in the picture', async () => {
    const { connect, logged } = await startKernelBridge();
    const client = await connect();
    await client.fix(fixRequestFor(seededPicture({ width: 8, height: 4, channels: 3, format: 'uint16' })).request);
    expect(await logged(({ event }) => event === 'job ended')).toEqual({
      level: 'info',
      event: 'job ended',
      connection: 'c1',
      job: 1,
      outcome: 'done',
      kind: 'fix',
      model: 'exposure',
      image: '8x4x3 uint16',
      queuedMs: expect.any(Number) as unknown,
      predictMs: expect.any(Number) as unknown,
      totalMs: expect.any(Number) as unknown,
    });
  });
});
