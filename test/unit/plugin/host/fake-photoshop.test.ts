import type { ImagingApi, PhotoshopApi, ModalContextApi } from '@evenlight/plugin/src/host/photoshop-api.ts';
import { describe, expect, it } from 'vitest';
import { createFakePhotoshop, type FakeControl, type FakeOptions } from '../../../fakes/photoshop/fake-photoshop.ts';
import { darkPixels } from './host-on-fake.ts';

const SIZE = { width: 16, height: 16 } as const;
const ALL = { left: 0, top: 0, right: 16, bottom: 16 };

function open(
  options: FakeOptions = { documents: [{ ...SIZE, layers: [{ kind: 'background', pixels: darkPixels(16, 16) }] }] },
): {
  photoshop: PhotoshopApi & { readonly imaging: ImagingApi };
  control: FakeControl;
} {
  const fake = createFakePhotoshop(options);
  return { photoshop: fake.photoshop as PhotoshopApi & { readonly imaging: ImagingApi }, control: fake.control };
}

function modal<T>(photoshop: PhotoshopApi, body: (context: ModalContextApi) => Promise<T>): Promise<T> {
  return photoshop.core.executeAsModal(body, { commandName: 'test' });
}

describe('the fake Photoshop', () => {
  it('refuses to read and to write outside of a modal scope', async () => {
    const { photoshop } = open();
    const { imaging, app, action } = photoshop;
    await expect(imaging.getPixels({ documentID: 1, sourceBounds: ALL })).rejects.toThrow(/modal scope/);
    await expect(imaging.getSelection({ documentID: 1 })).rejects.toThrow(/modal scope/);
    await expect(app.activeDocument!.createPixelLayer({ name: 'x', opacity: 100 })).rejects.toThrow(/modal scope/);
    expect(() => (app.activeDocument = app.documents[0]!)).toThrow(/modal scope/);
    const make = { _obj: 'make', _target: [{ _ref: 'adjustmentLayer' }], using: { type: { _obj: 'curves' } } };
    await expect(action.batchPlay([make], {})).rejects.toThrow(/modal scope/);
  });

  it('reports another modal state with error number 9', async () => {
    const { photoshop, control } = open();
    control.block('com.example', 1);
    await expect(modal(photoshop, async () => 1)).rejects.toMatchObject({ number: 9 });
    expect(await modal(photoshop, async () => 1)).toBe(1);
  });

  it('has 16-bit samples of 0 to 32768, and others only when asked', async () => {
    const pixels = new Uint16Array(16 * 16 * 3).fill(32768);
    const { photoshop } = open({ documents: [{ ...SIZE, bits: 16, layers: [{ kind: 'background', pixels }] }] });
    const { imaging } = photoshop;
    await modal(photoshop, async () => {
      const { imageData } = await imaging.getPixels({ documentID: 1, sourceBounds: ALL });
      expect([(await imageData.getData({}))[0], (await imageData.getData({ fullRange: true }))[0]]).toEqual([
        32768, 65535,
      ]);
      imageData.dispose();
    });
    const size = { width: 1, height: 1, components: 3, colorSpace: 'RGB' } as const;
    await expect(imaging.createImageDataFromBuffer(Uint16Array.of(0, 0, 40000), size)).rejects.toThrow(/32768/);
    const full = await imaging.createImageDataFromBuffer(Uint16Array.of(0, 0, 65535), { ...size, fullRange: true });
    expect((await full.getData({}))[2]).toBe(32768);
  });

  it('makes disposed pixels unusable and counts those that are not disposed of', async () => {
    const { photoshop, control } = open();
    const size = { width: 1, height: 1, components: 3, colorSpace: 'RGB' } as const;
    const imageData = await photoshop.imaging.createImageDataFromBuffer(Uint8Array.of(1, 2, 3), size);
    expect(control.leakedImageData).toBe(1);
    imageData.dispose();
    expect(control.leakedImageData).toBe(0);
    await expect(imageData.getData({})).rejects.toThrow(/disposed/);
    expect(() => imageData.dispose()).toThrow(/disposed/);
  });

  it('trims to where there are pixels, and refuses where there are none', async () => {
    const { photoshop } = open({
      documents: [
        {
          ...SIZE,
          layers: [{ name: 'a', left: 4, top: 6, width: 5, height: 3, pixels: new Uint8Array(60).fill(255) }],
        },
      ],
    });
    const layerID = photoshop.app.activeDocument!.layers[0]!.id;
    await modal(photoshop, async () => {
      const { imageData, sourceBounds } = await photoshop.imaging.getPixels({
        documentID: 1,
        layerID,
        sourceBounds: ALL,
      });
      expect(sourceBounds).toEqual({ left: 4, top: 6, right: 9, bottom: 9 });
      expect([imageData.width, imageData.height, imageData.components]).toEqual([5, 3, 4]);
      const above = { ...ALL, bottom: 6 };
      await expect(photoshop.imaging.getPixels({ documentID: 1, layerID, sourceBounds: above })).rejects.toThrow(
        /no pixels/,
      );
    });
  });

  it('gives the bounds of a smaller picture in the pixels of the copy it came from', async () => {
    const { photoshop } = open();
    await modal(photoshop, async () => {
      const { imageData, sourceBounds, level } = await photoshop.imaging.getPixels({
        ...{ documentID: 1, sourceBounds: ALL, targetSize: { width: 4, height: 4 } },
      });
      expect([imageData.width, level, sourceBounds]).toEqual([4, 2, { left: 0, top: 0, right: 4, bottom: 4 }]);
    });
  });

  it('drops alpha for Grayscale, and has it when RGB is asked for', async () => {
    const pixels = new Uint8Array(16 * 16 * 2).fill(128);
    const { photoshop } = open({ documents: [{ ...SIZE, mode: 'grayscaleMode', layers: [{ pixels }] }] });
    await modal(photoshop, async () => {
      const own = await photoshop.imaging.getPixels({ documentID: 1, sourceBounds: ALL });
      const rgb = await photoshop.imaging.getPixels({ documentID: 1, sourceBounds: ALL, colorSpace: 'RGB' });
      expect([own.imageData.components, rgb.imageData.components]).toEqual([1, 4]);
    });
  });

  it('has no CMYK pixels to give, and profile names of 32 bit that it does not take back', async () => {
    const cmyk = open({ documents: [{ ...SIZE, mode: 'CMYKColorMode' }] }).photoshop;
    await modal(cmyk, async () => {
      await expect(cmyk.imaging.getPixels({ documentID: 1, sourceBounds: ALL })).rejects.toThrow(/ask for RGB/);
    });
    const { photoshop } = open({ documents: [{ ...SIZE, bits: 32 }] });
    expect(photoshop.app.activeDocument!.colorProfileName).toBe('sRGB IEC61966-2.1 (Linear RGB Profile)');
    const size = { width: 1, height: 1, components: 3, colorSpace: 'RGB' } as const;
    const colorProfile = 'sRGB IEC61966-2.1 (Linear RGB Profile)';
    await expect(
      photoshop.imaging.createImageDataFromBuffer(new Float32Array(3), { ...size, colorProfile }),
    ).rejects.toThrow(/no profile/);
  });

  it('returns the rectangle of a selection, throws without one, and consumes it for an adjustment layer', async () => {
    const selection = { left: 2, top: 3, width: 4, height: 5 };
    const { photoshop, control } = open({ documents: [{ ...SIZE, selection }, SIZE] });
    await modal(photoshop, async () => {
      const { imageData, sourceBounds } = await photoshop.imaging.getSelection({ documentID: 1 });
      expect([sourceBounds, imageData.width]).toEqual([{ left: 2, top: 3, right: 6, bottom: 8 }, 4]);
      await expect(photoshop.imaging.getSelection({ documentID: control.documents[1]!.id })).rejects.toThrow(
        /no selection/,
      );
      photoshop.app.activeDocument = photoshop.app.documents[0]!;
      const type = { _obj: 'curves' };
      const make = { _obj: 'make', _target: [{ _ref: 'adjustmentLayer' }], using: { _obj: 'adjustmentLayer', type } };
      await photoshop.action.batchPlay([make], {});
    });
    const { state } = control.documents[0]!;
    expect([state.selection, state.layers[0]!.mask!.rect]).toEqual([
      undefined,
      { left: 2, top: 3, right: 6, bottom: 8 },
    ]);
  });

  it('throws at every call after the user has cancelled', async () => {
    const { photoshop, control } = open();
    const running = modal(photoshop, async (context) => {
      control.session.modal.cancel();
      expect(context.isCancelled).toBe(true);
      await expect(photoshop.action.batchPlay([{ _obj: 'get', _target: [] }], {})).rejects.toMatchObject({
        number: -128,
      });
      await photoshop.imaging.getPixels({ documentID: 1, sourceBounds: ALL });
    });
    await expect(running).rejects.toThrow(/cancelled/);
  });

  it.each([
    [true, ['Open', 'Both'], 3],
    [false, ['Open'], 1],
  ])(
    'makes one history state of a suspension that is committed (%s), and brings everything back otherwise',
    async (commit, names, layers) => {
      const { photoshop, control } = open();
      await modal(photoshop, async ({ hostControl }) => {
        const suspension = await hostControl.suspendHistory({ documentID: 1, name: 'Both' });
        for (const name of ['a', 'b']) await photoshop.app.activeDocument!.createPixelLayer({ name, opacity: 100 });
        await hostControl.resumeHistory(suspension, commit);
      });
      expect(control.documents[0]!.history.map(({ name }) => name)).toEqual(names);
      expect(control.documents[0]!.state.layers).toHaveLength(layers);
    },
  );

  it('rolls a suspended history back when the scope ends with an exception', async () => {
    const { photoshop, control } = open();
    const failing = modal(photoshop, async ({ hostControl }) => {
      await hostControl.suspendHistory({ documentID: 1, name: 'x' });
      await photoshop.app.activeDocument!.createPixelLayer({ name: 'a', opacity: 100 });
      throw new TypeError('mine');
    });
    // Neither the class nor the fields of an error survive the way out.
    await expect(failing).rejects.toSatisfy((error) => error instanceof Error && !(error instanceof TypeError));
    expect(control.documents[0]!.state.layers).toHaveLength(1);
  });

  it('ends entry points after 300 ms, and shows a panel once, until it is made anew', async () => {
    const { control } = open();
    const { entrypoints } = control.uxp.createModule() as { entrypoints: { setup(points: object): void } };
    const shown: string[] = [];
    entrypoints.setup({
      panels: { main: { create: () => shown.push('create'), show: () => shown.push('show') } },
      commands: { slow: { run: () => new Promise(() => undefined) } },
    });
    await control.uxp.runCommand('slow');
    expect(control.uxp.entryPointErrors).toEqual(['command slow took longer than 300 ms']);
    const root = {};
    await control.uxp.openPanel('main', root);
    await control.uxp.openPanel('main', root);
    expect(shown).toEqual(['create', 'show']);
    await control.uxp.openPanel('main', {});
    expect(shown).toEqual(['create', 'show', 'create', 'show']);
    expect(() => entrypoints.setup({})).toThrow(/once only/);
  });

  it('fails to play a step whose method is not global', async () => {
    const { control } = open({ pluginGlobal: {} });
    await expect(control.play({ name: 'x', methodName: 'nobody', info: {} })).rejects.toThrow('Script action failed.');
  });

  it('refuses to listen to "all"', async () => {
    const { photoshop } = open();
    await expect(photoshop.action.addNotificationListener(['all'], () => undefined)).rejects.toThrow(/developer mode/);
  });
});
