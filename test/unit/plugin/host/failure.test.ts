import { CancelSource } from '@evenlight/plugin/src/session/cancel-source.ts';
import { describe, expect, it } from 'vitest';
import type { Host, Source, StepOptions } from '@evenlight/plugin/src/host.ts';
import type { FakeControl } from '../../../fakes/photoshop/fake-photoshop.ts';
import { createHost, darkPixels, everythingOf, FULL_STRENGTH, gain, PLACEMENT, READ, STEP } from './host-on-fake.ts';

const CURVES = {
  mode: 'rgb',
  curves: [
    {
      channel: 'composite',
      points: [
        { input: 0, output: 40 },
        { input: 255, output: 255 },
      ],
    },
  ],
  meanDeltaE: 0,
  meanDeltaEUnmasked: 0,
} as const;

/** A table that lifts everything by a tenth; small, for it is written many times. */
function lattice(size: number): Float32Array {
  return Float32Array.from({ length: size ** 3 * 3 }, (_, i) => {
    const point = Math.floor(i / 3);
    const index = [Math.floor(point / size ** 2), Math.floor(point / size) % size, point % size][i % 3]!;
    return Math.min(1, 0.1 + index / (size - 1));
  });
}

/** Every way of writing, with all that can go with it. */
const WRITES: readonly [string, (host: Host, source: Source, step: StepOptions) => Promise<unknown>][] = [
  [
    'placePixels',
    (host, source, step) =>
      host.placePixels(source, { ...PLACEMENT, correction: gain(1.5), adjustment: FULL_STRENGTH }, step),
  ],
  [
    'placeCurves',
    (host, source, step) =>
      host.placeCurves(source, { ...PLACEMENT, opacityPercent: 70, fit: CURVES, target: source.proxy }, step),
  ],
  [
    'placeLookup',
    (host, source, step) => {
      const table = { size: 3, values: lattice(3), meanDeltaE: 0 };
      return host.placeLookup(source, { ...PLACEMENT, table }, step);
    },
  ],
];

function open(): { host: Host; control: FakeControl } {
  const layers = [
    { name: 'photo', pixels: darkPixels(40, 30, 4), mask: { left: 0, top: 0, width: 20, height: 30 } },
    { kind: 'background', pixels: darkPixels(40, 30) },
  ] as const;
  const selection = { left: 5, top: 3, width: 12, height: 9 };
  return createHost({ documents: [{ width: 40, height: 30, layers, selection }] });
}

describe.each(WRITES)('%s', (_, write) => {
  it('leaves the document as it was when the user cancels at any step', async () => {
    const counted = open();
    const source = await counted.host.readSource(1, READ);
    const first = counted.control.session.calls.length;
    await write(counted.host, source, STEP);
    const calls = counted.control.session.calls.slice(first);
    expect(calls.length).toBeGreaterThan(8);
    for (let at = 1; at < calls.length; at++) {
      const { host, control } = open();
      const again = await host.readSource(1, READ);
      const before = everythingOf(control, 1);
      const start = control.session.calls.length;
      control.session.onCall = (_name, index) => {
        if (index === start + at) control.session.modal.cancel();
      };
      await expect(write(host, again, STEP), `cancelled at ${calls[at]!} (${at})`).rejects.toMatchObject({
        code: 'CANCELLED',
      });
      expect(everythingOf(control, 1), `cancelled at ${calls[at]!} (${at})`).toEqual(before);
      expect(control.leakedImageData, `cancelled at ${calls[at]!} (${at})`).toBe(0);
    }
  });

  it.each([
    ['cancels', (control: FakeControl): void => control.session.modal.cancel()],
    ['sees Photoshop fail', (): void => raise('the scratch disk is full')],
  ])('is back in the document that the user looks at, when he %s at any step', async (_what, fail) => {
    const looked = { width: 8, height: 8, layers: [{ kind: 'background', pixels: darkPixels(8, 8) }] } as const;
    const total = await countCalls(write);
    for (let at = 0; at <= total; at++) {
      const { host, control } = open();
      const source = await host.readSource(1, READ);
      const { id } = control.session.open(looked);
      const start = control.session.calls.length;
      control.session.onCall = (name, index) => {
        if (index === start + at && name !== 'getPixels') fail(control);
      };
      await write(host, source, STEP).catch(() => undefined);
      expect(control.session.activeDocument?.id, `at call ${at}`).toBe(id);
    }
  });

  it('leaves the document as it was when the caller aborts at any step', async () => {
    const total = await countCalls(write);
    for (let at = 1; at < total; at++) {
      const { host, control } = open();
      const source = await host.readSource(1, READ);
      const before = everythingOf(control, 1);
      const start = control.session.calls.length;
      const cancelling = new CancelSource();
      control.session.onCall = (_name, index) => {
        if (index === start + at) cancelling.cancel();
      };
      await expect(write(host, source, { ...STEP, signal: cancelling.signal })).rejects.toMatchObject({
        code: 'CANCELLED',
      });
      expect(everythingOf(control, 1)).toEqual(before);
      expect(control.leakedImageData).toBe(0);
    }
  });

  it('leaves the document as it was when Photoshop fails at any step', async () => {
    const total = await countCalls(write);
    for (let at = 1; at < total; at++) {
      const { host, control } = open();
      const source = await host.readSource(1, READ);
      const before = everythingOf(control, 1);
      const start = control.session.calls.length;
      control.session.onCall = (name, index) => {
        // Reading a region that is transparent is refused too, so a refused reading is not a failure.
        if (index === start + at && name !== 'getPixels') throw new Error('the scratch disk is full');
        if (index === start + at) control.session.modal.cancel();
      };
      const failure: unknown = await write(host, source, STEP).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({ name: 'HostError' });
      expect(everythingOf(control, 1)).toEqual(before);
      expect(control.leakedImageData).toBe(0);
    }
  });

  it.each([
    ['the user has painted', (control: FakeControl) => control.touch(1)],
    ['the source layer is gone', (control: FakeControl) => loseLayer(control)],
    ['the profile is another', (control: FakeControl) => (control.document(1).state.profile = 'Adobe RGB (1998)')],
  ])('writes nothing when since reading %s', async (_what, change) => {
    const { host, control } = open();
    const source = await host.readSource(1, READ);
    change(control);
    const before = everythingOf(control, 1);
    await expect(write(host, source, STEP)).rejects.toMatchObject({ code: 'DOCUMENT_CHANGED' });
    expect(everythingOf(control, 1)).toEqual(before);
  });

  it('says so when the document has been closed', async () => {
    const { host, control } = open();
    const source = await host.readSource(1, READ);
    control.close(1);
    await expect(write(host, source, STEP)).rejects.toMatchObject({ code: 'DOCUMENT_CLOSED' });
  });

  it('takes back what it made at any step while an action is played, when histories cannot be suspended', async () => {
    const total = await countCalls(write);
    for (let at = 2; at < total; at++) {
      const { host, control } = open();
      control.session.modal.isPlayingAction = true;
      const source = await host.readSource(1, READ);
      const { layers, selection } = control.document(1).state;
      const before = layers.map(({ id }) => id);
      const start = control.session.calls.length;
      control.session.onCall = (name, index) => {
        if (index === start + at && name !== 'getPixels') throw new Error('the scratch disk is full');
      };
      const isWritten = await write(host, source, STEP).then(
        () => true,
        () => false,
      );
      if (!isWritten) expect(control.document(1).state.layers.map(({ id }) => id)).toEqual(before);
      expect(control.document(1).state.selection?.values).toEqual(selection!.values);
      expect(control.leakedImageData).toBe(0);
    }
  });

  it('works while an action is played', async () => {
    const { host, control } = open();
    control.session.modal.isPlayingAction = true;
    const source = await host.readSource(1, READ);
    await write(host, source, STEP);
    expect(control.document(1).state.layers).toHaveLength(3);
  });
});

function raise(message: string): never {
  throw new Error(message);
}

/** Without a trace in the history. */
function loseLayer(control: FakeControl): void {
  const { state } = control.document(1);
  state.layers.shift();
  state.activeIds = [state.layers[0]!.id];
}

async function countCalls(write: (typeof WRITES)[number][1]): Promise<number> {
  const { host, control } = open();
  const source = await host.readSource(1, READ);
  const first = control.session.calls.length;
  await write(host, source, STEP);
  return control.session.calls.length - first;
}

describe('reading', () => {
  it('stops at any step and changes nothing', async () => {
    const counted = open();
    await counted.host.readSource(1, READ);
    for (let at = 1; at < counted.control.session.calls.length; at++) {
      const { host, control } = open();
      const before = everythingOf(control, 1);
      control.session.onCall = (_name, index) => {
        if (index === at) control.session.modal.cancel();
      };
      await expect(host.readSource(1, READ)).rejects.toMatchObject({ code: 'CANCELLED' });
      expect(everythingOf(control, 1)).toEqual(before);
      expect(control.leakedImageData).toBe(0);
    }
  });

  it('does not take a failure of Photoshop for transparency in an opaque picture', async () => {
    const layers = [{ kind: 'background', pixels: darkPixels(40, 30) }] as const;
    const { host, control } = createHost({ documents: [{ width: 40, height: 30, layers }] });
    control.session.onCall = (name, index) => {
      if (name === 'getPixels' && index > 1) throw new Error('the scratch disk is full');
    };
    await expect(host.readSource(1, READ)).rejects.toMatchObject({
      code: 'REFUSED',
      message: 'the scratch disk is full',
    });
  });
});
