import { CancelSource } from '@evenlight/plugin/src/session/cancel-source.ts';
import { describe, expect, it } from 'vitest';
import { createHost, darkPixels, READ, STEP } from './host-on-fake.ts';

const DOCUMENT = { width: 8, height: 8, layers: [{ kind: 'background', pixels: darkPixels(8, 8) }] } as const;

describe('a modal state that somebody else holds', () => {
  it('is waited for, and the caller is told who holds it', async () => {
    const { host, control } = createHost({ documents: [DOCUMENT] });
    control.block('com.example.other', 3);
    const blockers: string[] = [];
    const source = await host.readSource(1, { ...READ, onBusy: (blocker) => blockers.push(blocker) });
    expect(source.document.id).toBe(1);
    expect(blockers).toEqual(new Array(3).fill('Plugin: com.example.other is running a modal command'));
  });

  it('is given up on after the last attempt', async () => {
    const { host, control } = createHost({ documents: [DOCUMENT] }, { modalRetryDelaysMs: [1, 2, 3] });
    control.session.modal.namesBlocker = false;
    control.block('a dialog', 100);
    await expect(host.readSource(1, READ)).rejects.toMatchObject({ code: 'BUSY', message: 'host is in a modal state' });
    expect(control.session.calls.filter((name) => name === 'executeAsModal')).toHaveLength(4);
  });

  it('is no longer waited for when the caller cancels', async () => {
    const { host, control } = createHost({ documents: [DOCUMENT] });
    control.block('com.example.other', 100);
    const cancelling = new CancelSource();
    const reading = host.readSource(1, { ...READ, signal: cancelling.signal, onBusy: () => cancelling.cancel() });
    await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(control.session.calls).toHaveLength(1);
  });

  it('ends the wait at once on cancel, without the timer', async () => {
    let stopped = 0;
    let startWaiting = (): void => undefined;
    const isWaiting = new Promise<void>((resolve) => {
      startWaiting = resolve;
    });
    const clock = {
      nowMs: () => 0,
      setTimer: () => {
        startWaiting();
        return () => {
          stopped++;
        };
      },
    };
    const { host, control } = createHost({ documents: [DOCUMENT] }, { clock });
    control.block('com.example.other', 100);
    const cancelling = new CancelSource();
    const reading = host.readSource(1, { ...READ, signal: cancelling.signal });
    await isWaiting;
    cancelling.cancel();
    await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(stopped).toBe(1);
  });
});

describe('the active document', () => {
  it('is made so inside a modal state', async () => {
    const { host, control } = createHost({ documents: [DOCUMENT, DOCUMENT] });
    const [first, second] = control.documents;
    expect(host.activeDocument()!.id).toBe(second!.id);
    await host.setActiveDocument(first!.id, STEP);
    expect(host.activeDocument()!.id).toBe(first!.id);
  });

  it('stays what it is when the wanted one is closed', async () => {
    const { host, control } = createHost({ documents: [DOCUMENT] });
    await host.setActiveDocument(999, STEP);
    expect(host.activeDocument()!.id).toBe(control.documents[0]!.id);
  });
});

describe("Photoshop's progress window", () => {
  async function readFor(msPerStrip: number): Promise<{ window: readonly number[]; told: readonly number[] }> {
    let nowMs = 0;
    const clock = {
      nowMs: () => nowMs,
      setTimer: (callback: () => void) => {
        queueMicrotask(callback);
        return () => undefined;
      },
    };
    const { host, control } = createHost({ documents: [{ width: 64, height: 100 }] }, { clock });
    control.session.onCall = (name) => {
      if (name === 'getPixels') nowMs += msPerStrip;
    };
    const told: number[] = [];
    await host.readSource(1, { ...READ, onProgress: (fraction) => told.push(fraction) });
    return { window: control.session.modal.progress, told };
  }

  it('does not appear for a step that is over soon', async () => {
    const { window, told } = await readFor(50);
    expect(told.length).toBeGreaterThan(5);
    expect(window).toEqual([]);
  });

  it('appears after a second and a half, and tells how far it is from then on', async () => {
    const { window, told } = await readFor(400);
    expect(window[0]).toBeCloseTo(told[3]!);
    expect(window.at(-1)).toBe(1);
  });
});
