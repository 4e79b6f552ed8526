import { LINKS, PAGE_NAMES } from '@evenlight/plugin/src/session/links.ts';
import { describe, expect, it } from 'vitest';
import { writeActionInfo } from '@evenlight/plugin/src/session/actions.ts';
import { DEFAULT_RECIPE } from '@evenlight/plugin/src/session/settings.ts';
import { settle } from '../../../fakes/plugin/manual-clock.ts';
import { SessionSetup } from '../../../fakes/plugin/session-setup.ts';
import { recipeWith } from '../../../fakes/plugin/fix-setup.ts';

describe('the session', () => {
  it('tells a new listener how everything stands', () => {
    const setup = new SessionSetup();
    setup.host.open();
    setup.events.length = 0;
    setup.session.listen((event) => setup.events.push(event));
    setup.session.watch.begin();
    const types = setup.events.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['settings', 'token', 'connection', 'engines', 'job', 'documents']));
    expect(setup.last('documents').activeId).toBe(1);
  });

  it('connects with the stored token when it starts', async () => {
    const setup = new SessionSetup('automatic');
    setup.host.storage.secrets.set('bridge-token', 'abc');
    await setup.session.server.start();
    await settle();
    expect(setup.opened).toEqual([{ url: 'ws://127.0.0.1:8497', token: 'abc' }]);
    expect(setup.last('connection').state.status).toBe('connected');
    expect(setup.last('token')).toMatchObject({ isSet: true });
  });

  it('opens no connection before anybody uses the plugin', async () => {
    const setup = new SessionSetup('automatic');
    setup.session.updateRecipe({ strength: 60 });
    await settle();
    expect(setup.opened).toEqual([]);
    setup.host.open();
    await setup.session.photo.fix();
    expect(setup.opened).toHaveLength(1);
  });

  it('opens no connection when the panel alone is to work, and closes the one there is', async () => {
    const setup = new SessionSetup('automatic');
    await setup.session.server.start();
    await settle();
    setup.session.updateSettings({ enginePolicy: 'panel' });
    expect(setup.connection.state).toEqual({ status: 'off' });
    expect(setup.link!.client.isOpen).toBe(false);
  });

  it('connects anew when the address or the token changes', async () => {
    const setup = new SessionSetup('automatic');
    await setup.session.server.start();
    setup.session.updateSettings({ bridgeAddress: 'studio:9000' });
    await setup.session.server.setToken('new');
    expect(setup.opened.map(({ url, token }) => [url, token])).toEqual([
      ['ws://127.0.0.1:8497', undefined],
      ['ws://studio:9000', undefined],
      ['ws://studio:9000', 'new'],
    ]);
    expect(setup.last('token')).toEqual({ type: 'token', isSet: true, place: 'secure' });
  });

  it('offers the models of the engines that may work', async () => {
    const setup = new SessionSetup();
    await setup.session.probeEngines();
    await settle();
    expect(setup.last('models').models.map(({ name }) => name)).toEqual(['exposure']);
    expect(setup.last('engines').attempts).toHaveLength(1);
  });
});

describe('fixing the active document', () => {
  it('uses the settings, tells progress and the result, and ends', async () => {
    const setup = new SessionSetup();
    setup.host.open();
    setup.session.updateRecipe({ strength: 60 });
    const result = await setup.session.photo.fix();
    expect(result.kind).toBe('fixed');
    expect(setup.last('result').result).toBe(result);
    expect(setup.told('job').some(({ job }) => job?.kind === 'fix' && job.progress?.stage === 'writing')).toBe(true);
    expect(setup.last('job').job).toBeUndefined();
    expect(setup.host.layers[0]!.opacityPercent).toBe(60);
  });

  it('shows what it is about to write before it writes', async () => {
    const setup = new SessionSetup();
    setup.host.open();
    await setup.session.photo.fix();
    const types = setup.events.map(({ type }) => type);
    expect(types.indexOf('prepared')).toBeLessThan(types.indexOf('result'));
    expect(types).toContain('prepared');
  });

  it('uses the preview of the document instead of reading it again', async () => {
    const setup = new SessionSetup();
    setup.host.open();
    await setup.session.photo.preview();
    await setup.session.photo.fix();
    expect(setup.host.reads).toHaveLength(1);
    expect(setup.local.proxies).toHaveLength(1);
  });

  it('is judged by what is seen of a layer, where that is more than the layer', async () => {
    const { session, host, local } = new SessionSetup();
    host.open();
    const read = host.readSource.bind(host);
    const seen = { width: 8, height: 8, pixels: new Float32Array(8 * 8 * 3).fill(0.5) };
    host.readSource = async (...request) => ({ ...(await read(...request)), seen });
    await session.photo.fix();
    expect(local.proxies).toEqual([seen]);
  });

  it('fails without a document, and when something else is running', async () => {
    const setup = new SessionSetup();
    await expect(setup.session.photo.fix()).rejects.toMatchObject({ code: 'NO_DOCUMENT' });
    setup.host.open();
    const first = setup.session.photo.fix();
    await expect(setup.session.photo.preview()).rejects.toMatchObject({ code: 'BUSY' });
    expect((await first).kind).toBe('fixed');
  });

  it('waits for a job that is running when an action plays a step: nobody could press the button again', async () => {
    const setup = new SessionSetup();
    setup.host.open();
    const first = setup.session.photo.preview();
    await setup.session.playAction(writeActionInfo({ target: 'active', recipe: DEFAULT_RECIPE }));
    await first;
    expect(setup.host.layers).toHaveLength(1);
  });

  it('can be cancelled, and says at once that it stops', async () => {
    const setup = new SessionSetup();
    setup.host.open();
    setup.local.before = (call) => {
      if (call === 1) setup.session.cancel();
    };
    await expect(setup.session.photo.fix()).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(setup.told('job').some(({ job }) => job?.isStopping === true)).toBe(true);
    expect(setup.last('job').job).toBeUndefined();
    expect(setup.host.layers).toHaveLength(0);
    expect((await setup.session.photo.fix()).kind).toBe('fixed');
  });
});

describe('repeating the last settings', () => {
  it('takes them from the layer that was made with them', async () => {
    const setup = new SessionSetup();
    const { id } = setup.host.open();
    await setup.session.photo.fix({ recipe: recipeWith({ strength: 130, output: 'curves' }) });
    setup.host.touch(id);
    setup.session.updateRecipe({ strength: 60, output: 'pixels' });
    const result = await setup.session.photo.repeatLast();
    expect(result).toMatchObject({ kind: 'fixed', output: 'curves', recipe: { strength: 130 } });
  });

  it("takes the panel's where no layer of ours is", async () => {
    const setup = new SessionSetup();
    setup.host.open();
    setup.session.updateRecipe({ strength: 60 });
    expect(await setup.session.photo.repeatLast()).toMatchObject({ recipe: { strength: 60 } });
  });

  it('refuses settings of a later version instead of guessing', async () => {
    const setup = new SessionSetup();
    setup.host.open();
    setup.host.readSettings = () => Promise.resolve({ layerId: 5, settings: { version: 9 } });
    await expect(setup.session.photo.repeatLast()).rejects.toMatchObject({ code: 'NEWER_ACTION' });
    expect(setup.host.layers).toHaveLength(0);
  });
});

describe('actions', () => {
  it('record what the user did, with its settings', async () => {
    const setup = new SessionSetup();
    setup.host.isRecording = true;
    setup.host.open();
    await setup.session.photo.fix({ isRecorded: true });
    await setup.session.batch.fixAll({ isRecorded: true, force: true });
    expect(setup.host.recorded.map(({ name }) => name)).toEqual(['Fix exposure (active)', 'Fix exposure (all)']);
    expect(setup.host.recorded[0]!.info).toEqual(writeActionInfo({ target: 'active', recipe: DEFAULT_RECIPE }));
  });

  it('play with their own settings on the image at hand, and record nothing', async () => {
    const setup = new SessionSetup();
    setup.host.isRecording = true;
    setup.host.open();
    await setup.session.playAction(writeActionInfo({ target: 'active', recipe: recipeWith({ strength: 60 }) }));
    expect(setup.host.layers).toMatchObject([{ opacityPercent: 60 }]);
    expect(setup.host.recorded).toEqual([]);
    expect(setup.host.messages).toEqual([]);
  });

  it('play on all open documents', async () => {
    const setup = new SessionSetup();
    setup.host.open();
    setup.host.open();
    await setup.session.playAction(writeActionInfo({ target: 'all', recipe: DEFAULT_RECIPE }));
    expect(setup.host.layers).toHaveLength(2);
  });

  it('ask nobody where to save a file: a .cube becomes a Color Lookup layer', async () => {
    const setup = new SessionSetup();
    setup.host.open();
    setup.host.open();
    const recipe = recipeWith({ output: 'cube' });
    await setup.session.playAction(writeActionInfo({ target: 'active', recipe }));
    await setup.session.playAction(writeActionInfo({ target: 'all', recipe }));
    await setup.session.batch.fix([1, 2], { recipe, force: true });
    expect(setup.host.files).toEqual([]);
    expect(setup.host.layers.map(({ documentId, output }) => [documentId, output])).toEqual([
      [2, 'lookup'],
      [1, 'lookup'],
      [1, 'lookup'],
      [2, 'lookup'],
    ]);
  });

  it('of a later version are refused', async () => {
    const setup = new SessionSetup();
    setup.host.open();
    await expect(setup.session.playAction({ version: 3 })).rejects.toMatchObject({ code: 'NEWER_ACTION' });
    expect(setup.host.layers).toHaveLength(0);
  });

  it('go on over a document that cannot be fixed, and stop for what went wrong', async () => {
    const setup = new SessionSetup();
    setup.host.open(undefined, { mode: 'indexed', outputs: [] });
    await setup.session.playAction({});
    expect(setup.last('failure').error).toMatchObject({ code: 'UNSUPPORTED_DOCUMENT' });
    setup.host.open();
    setup.host.onStep = () => {
      throw Object.assign(new Error('no'), { code: 'REFUSED' });
    };
    await expect(setup.session.playAction({})).rejects.toMatchObject({ code: 'REFUSED' });
  });
});

describe('batch and report', () => {
  it('tells the rows, and saves them as CSV and JSON, not twice for the clicks that a dialog makes', async () => {
    const setup = new SessionSetup();
    setup.host.open();
    setup.host.open();
    await setup.session.batch.fix([2]);
    expect(setup.last('batch').rows).toMatchObject([{ documentId: 2, status: 'done' }]);
    await setup.session.batch.saveReport('csv');
    await setup.session.batch.saveReport('json');
    expect(setup.host.files).toHaveLength(1);
    await setup.clock.advance(500);
    await setup.session.batch.saveReport('json');
    expect(setup.host.files.map(({ suggestedName }) => suggestedName)).toEqual(['Evenlight.csv', 'Evenlight.json']);
    expect(setup.host.files[1]!.contents).toContain('"date": "2026-11-23T17:00:00Z"');
    expect(setup.told('saved')).toHaveLength(2);
    setup.host.savesAs = undefined;
    await setup.clock.advance(500);
    await setup.session.batch.saveReport('csv');
    expect(setup.told('saved')).toHaveLength(2);
  });
});

describe('the diagnosis', () => {
  it('is told rung by rung and ends', async () => {
    const setup = new SessionSetup();
    await setup.session.server.diagnose();
    const told = setup.told('diagnosis');
    expect(told[0]).toMatchObject({
      isRunning: true,
      rungs: expect.arrayContaining([{ rung: 'model', status: 'open' }]),
    });
    expect(told.at(-1)!.isRunning).toBe(false);
    expect(told.at(-1)!.rungs.map(({ status }) => status)).not.toContain('open');
  });

  it('started again ends the one before', async () => {
    const setup = new SessionSetup();
    await Promise.all([setup.session.server.diagnose(), setup.session.server.diagnose()]);
    expect(setup.told('diagnosis').filter(({ isRunning }) => !isRunning)).toHaveLength(1);
  });
});

describe('help, privacy and support', () => {
  it('are the pages in the package, in the language of the panel, as long as they have no public address', async () => {
    const { session, host } = new SessionSetup();
    for (const name of PAGE_NAMES)
      await session.openPage(name, { language: 'de', why: 'Evenlight öffnet diese Seite.' });
    const expected = PAGE_NAMES.map((name) => LINKS[name] ?? `pages/${name}.de.html`);
    expect(host.opened).toEqual(expected);
  });
});
