import {
  createTestPicture,
  isIdentityCorrection,
  proxySize,
  type Correction,
  type ProxyImage,
} from '@evenlight/models';
import type { Engine } from '@evenlight/plugin/src/engine.ts';
import { CancelSource } from '@evenlight/plugin/src/session/cancel-source.ts';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';

/**
 * What every {@link Engine} promises.
 *
 * @param createEngine a new one with at least one model
 */
export function describeEngine(name: string, createEngine: () => Promise<Engine>): void {
  describe(`${name}, as an engine`, () => {
    let engine: Engine;
    let model: string;
    let proxy: ProxyImage;

    beforeEach(async () => {
      engine = await createEngine();
      onTestFinished(() => engine.dispose());
      const [first] = await engine.models();
      if (first === undefined) throw new Error('the engine has no model');
      model = first.name;
      proxy = createTestPicture(7, proxySize(first, { width: 640, height: 480 }));
    });

    it('makes a correction of a proxy, and says what runs', async () => {
      const correction = await engine.predict(proxy, model);
      expect(isIdentityCorrection(correction)).toBe(false);
      expect(engine.description).not.toBe('');
      expect(engine.hostName).not.toBe('');
    });

    it('answers overlapping calls, each with its own correction', async () => {
      const other = createTestPicture(8, proxy);
      const alone = [await engine.predict(proxy, model), await engine.predict(other, model)];
      const together = await Promise.all([engine.predict(proxy, model), engine.predict(other, model)]);
      expect(together.map(values)).toEqual(alone.map(values));
      expect(values(alone[0]!)).not.toEqual(values(alone[1]!));
    });

    it('leaves the proxy as it is', async () => {
      const before = proxy.pixels.slice();
      await engine.predict(proxy, model);
      expect(proxy.pixels).toEqual(before);
    });

    it('tells progress from 0 to 1, rising', async () => {
      const fractions: number[] = [];
      await engine.predict(proxy, model, { onProgress: (fraction) => fractions.push(fraction) });
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
      expect(fractions.at(-1)).toBe(1);
    });

    it('rejects a job that is cancelled before it begins, and goes on with the next one', async () => {
      const cancel = new CancelSource();
      cancel.cancel();
      const rejected = expect(engine.predict(proxy, model, { signal: cancel.signal })).rejects;
      await rejected.toMatchObject({ code: 'CANCELLED' });
      await engine.predict(proxy, model);
    });

    it('rejects a job that is cancelled while it runs', async () => {
      await engine.predict(proxy, model);
      const cancel = new CancelSource();
      const job = engine.predict(proxy, model, { signal: cancel.signal, onProgress: () => cancel.cancel() });
      // Whoever is done before it hears of it may deliver.
      const outcome = await job.then(
        () => 'done',
        (error: unknown) => (error as { code?: string }).code,
      );
      expect(['CANCELLED', 'done']).toContain(outcome);
      await engine.predict(proxy, model);
    });

    it('refuses a proxy of the wrong size, and a model it does not have', async () => {
      const wrong = createTestPicture(1, { width: 13, height: 7 });
      await expect(engine.predict(wrong, model)).rejects.toHaveProperty('code');
      await expect(engine.predict(proxy, 'no-such-model')).rejects.toHaveProperty('code');
      await engine.predict(proxy, model);
    });

    it('refuses everything once it has been disposed of', async () => {
      await engine.dispose();
      await expect(engine.predict(proxy, model)).rejects.toHaveProperty('code');
      await engine.dispose();
    });
  });
}

function values({ coefficients }: Correction): number[] {
  return [...coefficients];
}
