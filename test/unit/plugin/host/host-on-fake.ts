import { createCorrection, DEFAULT_GUIDE, type Correction } from '@evenlight/models';
import type { Host, Placement, ReadOptions, StepOptions } from '@evenlight/plugin/src/host.ts';
import { createPhotoshopHost, type HostModules, type HostOptions } from '@evenlight/plugin/src/host/photoshop-host.ts';
import { createFakePhotoshop, type FakeControl, type FakeOptions } from '../../../fakes/photoshop/fake-photoshop.ts';
import type { LayerState } from '../../../fakes/photoshop/layer-state.ts';

/** A host over a fake Photoshop. Waiting takes no time; strips are small, so that every picture has several. */
export function createHost(
  options: FakeOptions = {},
  hostOptions: HostOptions = {},
): { readonly host: Host; readonly control: FakeControl } {
  const fake = createFakePhotoshop(options);
  // The fake follows the documentation, not our own idea of it: whether the two fit is what the tests are about.
  const modules = { photoshop: fake.photoshop, uxp: fake.uxp, globals: fake.globals } as unknown as HostModules;
  const clock = {
    nowMs: () => 0,
    setTimer: (callback: () => void) => {
      queueMicrotask(callback);
      return () => undefined;
    },
  };
  return { host: createPhotoshopHost(modules, { clock, stripBytes: 2048, ...hostOptions }), control: fake.control };
}

export const STEP: StepOptions = { title: 'Fixing exposure' };
export const READ: ReadOptions = { ...STEP, input: { width: 16, height: 16 } };

export const PLACEMENT: Placement = {
  layerName: 'Evenlight 100 %',
  historyName: 'Fix exposure',
  opacityPercent: 100,
  settings: { schema: 1, strength: 100 },
};

export const FULL_STRENGTH = { strength: 1, evBias: 0 };

/** The same gain everywhere, on sRGB-encoded values. */
export function gain(red: number, green = red, blue = red): Correction {
  const coefficients = [red, 0, 0, 0, 0, green, 0, 0, 0, 0, blue, 0];
  return createCorrection({ gridWidth: 1, gridHeight: 1, gridDepth: 1, guide: DEFAULT_GUIDE, coefficients });
}

/** Samples from a function of place and channel, in codes. */
export function pixels<T extends Uint8Array | Uint16Array | Float32Array>(
  samples: T,
  { width, components }: { width: number; components: number },
  value: (x: number, y: number, component: number) => number,
): T {
  for (let i = 0; i < samples.length; i++) {
    const pixel = Math.floor(i / components);
    samples[i] = value(pixel % width, Math.floor(pixel / width), i % components);
  }
  return samples;
}

/** A dark gradient with some colour, opaque, 8 bit. */
export function darkPixels(width: number, height: number, components: 3 | 4 = 3): Uint8Array {
  return pixels(new Uint8Array(width * height * components), { width, components }, (x, y, c) =>
    c === 3 ? 255 : Math.round(10 + (90 * x) / width + (20 * y) / height + c * 5),
  );
}

/** Everything that a user could notice of a document, for comparing before and after. */
export function everythingOf(control: FakeControl, which: string | number): unknown {
  const document = control.document(which);
  return structuredClone({
    history: document.history.map(({ id, name }) => ({ id, name })),
    layers: document.state.layers.map(withoutSharing),
    selection: document.state.selection,
    activeIds: document.state.activeIds,
  });
}

function withoutSharing({ surface, children, ...layer }: LayerState): object {
  const pixels = surface && { rect: surface.rect, components: surface.components, samples: surface.samples };
  return { ...layer, pixels, children: children?.map(withoutSharing) };
}
