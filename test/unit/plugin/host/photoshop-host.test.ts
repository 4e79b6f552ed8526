import { setUpEntryPoints } from '@evenlight/plugin/src/host/entry-points.ts';
import type { GlobalsApi, UxpApi } from '@evenlight/plugin/src/host/uxp-api.ts';
import { describe, expect, it, vi } from 'vitest';
import { createFakePhotoshop } from '../../../fakes/photoshop/fake-photoshop.ts';
import { createHost } from './host-on-fake.ts';

const SIZE = { width: 8, height: 8 } as const;

describe('the host', () => {
  it('refuses a Photoshop without the imaging API', () => {
    expect(() => createHost({ hasImaging: false, version: '24.0.0' })).toThrow(
      expect.objectContaining({
        code: 'UNSUPPORTED_HOST',
        message: 'Photoshop 24.0.0 has no imaging API, needs 25.1 or later',
      }),
    );
  });

  it.each([
    ['darwin', 'mac'],
    ['win10', 'windows'],
  ] as const)('tells %s as %s', (platform, expected) => {
    const { host } = createHost({ platform, locale: 'de_DE', version: '25.1.0', uxpVersion: '7.2.0' });
    expect(host.facts).toEqual({
      photoshopVersion: '25.1.0',
      uxpVersion: 'uxp-7.2.0',
      pluginVersion: '0.1.0',
      platform: expected,
      locale: 'de_DE',
    });
  });

  it('shows a message', async () => {
    const { host, control } = createHost();
    await host.showMessage('3 documents fixed');
    expect(control.alerts).toEqual(['3 documents fixed']);
  });
});

describe('a preview', () => {
  const image = { width: 2, height: 1, pixels: new Uint8Array([1, 2, 3, 4, 5, 6]) };

  it('is shown uncompressed and freed', async () => {
    const { host, control } = createHost();
    const preview = await host.createPreview({ ...image, pixels: new Uint8Array([9, ...image.pixels]).subarray(1) });
    expect([...control.uxp.objectUrls]).toEqual([preview.url]);
    preview.release();
    expect(control.uxp.objectUrls.size).toBe(0);
  });

  it('is a JPEG where this UXP has no uncompressed images', async () => {
    const { host, control } = createHost({ hasImageBlob: false });
    expect((await host.createPreview(image)).url).toMatch(/^data:image\/jpeg;base64,/);
    expect(control.leakedImageData).toBe(0);
  });

  it('needs as many bytes as pixels', async () => {
    const { host } = createHost();
    await expect(host.createPreview({ ...image, width: 3 })).rejects.toMatchObject({ code: 'REFUSED' });
  });
});

describe('files', () => {
  it('are written as text or bytes, under the name the user chose', async () => {
    const { host, control } = createHost();
    control.uxp.saveAs = 'mine.cube';
    const bytes = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
    expect(await host.saveFile({ suggestedName: 'a.cube', extension: 'cube', contents: 'TITLE' })).toBe('mine.cube');
    expect(control.uxp.savedFiles.get('mine.cube')).toBe('TITLE');
    await host.saveFile({ suggestedName: 'a.icc', extension: 'icc', contents: bytes });
    expect(control.uxp.savedFiles.get('mine.cube')).toEqual(new Uint8Array([2, 3]));
    control.uxp.saveAs = null;
    expect(await host.saveFile({ suggestedName: 'a.cube', extension: 'cube', contents: '' })).toBeUndefined();
  });

  it('of the plugin are read as bytes', async () => {
    const { host } = createHost({ pluginFiles: new Map([['models/a/contract.json', new Uint8Array([123, 125])]]) });
    expect(await host.readPluginFile('models/a/contract.json')).toEqual(new Uint8Array([123, 125]));
    await expect(host.readPluginFile('models/b')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  });
});

describe('what opens outside of Photoshop', () => {
  const pluginFiles = new Map([['pages/help.en.html', new Uint8Array()]]);
  const why = 'Evenlight opens this page in your browser.';

  it('is a page of the plugin, in the program for such files', async () => {
    const { host, control } = createHost({ pluginFiles, launchProcess: { schemes: [], extensions: ['.html'] } });
    await host.openPluginFile('pages/help.en.html', why);
    expect(control.uxp.opened).toEqual([expect.stringMatching(/^\/.*\/pages\/help\.en\.html$/)]);
    await expect(host.openPluginFile('pages/none.html', why)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  });

  it('is an address, in the browser', async () => {
    const { host, control } = createHost({ launchProcess: { schemes: ['https'], extensions: [] } });
    await host.openAddress('https://evenlight.example/help', why);
    expect(control.uxp.opened).toEqual(['https://evenlight.example/help']);
  });

  it('is an error where the manifest does not permit it: Photoshop answers with words, not with an exception', async () => {
    const { host, control } = createHost({ pluginFiles });
    for (const attempt of [host.openPluginFile('pages/help.en.html', why), host.openAddress('https://a.example', why)])
      await expect(attempt).rejects.toMatchObject({ code: 'REFUSED', message: expect.stringContaining('permit') });
    expect(control.uxp.opened).toEqual([]);
  });
});

describe('what is stored', () => {
  it('comes back, and goes', () => {
    const { host } = createHost();
    host.storage.set('address', '127.0.0.1');
    expect(host.storage.get('address')).toBe('127.0.0.1');
    host.storage.set('address', undefined);
    expect(host.storage.get('address')).toBeUndefined();
  });

  it('is given up without an error where storage is full', () => {
    const { host, control } = createHost();
    control.uxp.isLocalStorageFull = true;
    host.storage.set('address', '127.0.0.1');
    expect(host.storage.get('address')).toBeUndefined();
  });

  it('as a secret goes into secure storage alone', async () => {
    const { host, control } = createHost();
    expect(await host.storage.setSecret('token', 'tökén 😀')).toBe('secure');
    expect(await host.storage.getSecret('token')).toBe('tökén 😀');
    expect(control.uxp.localItems.size).toBe(0);
    expect(await host.storage.setSecret('token', undefined)).toBe('secure');
    expect(await host.storage.getSecret('token')).toBeUndefined();
  });

  it.each(['broken', 'forgetful'] as const)(
    'as a secret falls back to local storage where secure storage is %s',
    async (state) => {
      const { host, control } = createHost();
      control.uxp.secureStorage = state;
      expect(await host.storage.setSecret('token', 'abc')).toBe('plain');
      expect(await host.storage.getSecret('token')).toBe('abc');
      control.uxp.secureStorage = 'works';
      expect(await host.storage.setSecret('token', 'new')).toBe('secure');
      expect(control.uxp.localItems.size).toBe(0);
    },
  );

  it('as a secret is an error where nothing takes it', async () => {
    const { host, control } = createHost();
    control.uxp.secureStorage = 'broken';
    control.uxp.isLocalStorageFull = true;
    await expect(host.storage.setSecret('token', 'abc')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  });
});

describe('changes of documents', () => {
  it('are told once per burst, until nobody listens', async () => {
    const timers = new Set<() => void>();
    const clock = {
      nowMs: () => 0,
      setTimer: (callback: () => void) => {
        timers.add(callback);
        return () => void timers.delete(callback);
      },
    };
    const { host, control } = createHost({ documents: [SIZE] }, { clock });
    const listener = vi.fn();
    const stop = host.onDocumentsChanged(listener);
    control.touch(1);
    control.open(SIZE);
    expect(timers.size).toBe(1);
    timers.forEach((callback) => callback());
    expect(listener).toHaveBeenCalledTimes(1);
    control.touch(1);
    stop();
    await vi.waitFor(() => expect(control.session.listenerCount).toBe(0), { timeout: 60_000, interval: 1 });
    expect([timers.size > 1, listener.mock.calls.length]).toEqual([false, 1]);
  });
});

describe('a recorded step', () => {
  const step = { name: 'Fix exposure', methodName: 'evenlightFixExposure' };

  it('is added to the action', async () => {
    const { host, control } = createHost();
    control.isRecording = true;
    expect(await host.recordStep(step, { schema: 1 })).toBe(true);
    expect(control.recorded).toEqual([{ ...step, info: { schema: 1 } }]);
  });

  it('is nothing where no action is being recorded or Photoshop cannot', async () => {
    expect(await createHost().host.recordStep(step, {})).toBe(false);
    expect(await createHost({ hasRecordAction: false }).host.recordStep(step, {})).toBe(false);
  });
});

describe('entry points', () => {
  function setUp(): { calls: string[]; uxp: ReturnType<typeof createFakePhotoshop>['control']['uxp'] } {
    const fake = createFakePhotoshop();
    const calls: string[] = [];
    const modules = { uxp: fake.uxp as UxpApi, globals: fake.globals as GlobalsApi };
    setUpEntryPoints(modules, {
      panelId: 'main',
      mount: (root) => calls.push(`mount ${String(root)}`),
      setVisible: (isVisible) => calls.push(isVisible ? 'visible' : 'hidden'),
      commands: { fix: () => void new Promise(() => calls.push('fix')) },
      menu: [{ id: 'doctor', label: 'Connection…', run: () => calls.push('doctor') }],
      unload: () => calls.push('unload'),
    });
    return { calls, uxp: fake.control.uxp };
  }

  it('build the panel once, start commands without waiting, and route the menu', async () => {
    const { calls, uxp } = setUp();
    await uxp.openPanel('main', 'root');
    await uxp.openPanel('main', 'root');
    await uxp.runCommand('fix');
    await uxp.chooseMenuItem('main', 'doctor');
    await uxp.unload();
    expect(calls.filter((call) => call !== 'visible')).toEqual(['mount root', 'fix', 'doctor', 'unload']);
    expect(uxp.entryPointErrors).toEqual([]);
  });

  it('tell that the panel is closed although Photoshop calls no `hide`', async () => {
    const { calls, uxp } = setUp();
    await uxp.openPanel('main', 'root');
    uxp.closePanel();
    expect(calls.at(-1)).toBe('hidden');
  });

  it('mount again when Photoshop comes with a new root', async () => {
    const { calls, uxp } = setUp();
    await uxp.openPanel('main', 'first');
    await uxp.openPanel('main', 'second');
    expect(calls.filter((call) => call.startsWith('mount'))).toEqual(['mount first', 'mount second']);
  });
});
