import { describe, expect, it } from 'vitest';
import { EngineError, HostError } from '@evenlight/plugin/src/errors.ts';
import type { DocumentInfo } from '@evenlight/plugin/src/host.ts';
import { isStillGood } from '@evenlight/plugin/src/session/fix-exposure.ts';
import { prepare } from '@evenlight/plugin/src/session/prepare.ts';
import { DEFAULT_RECIPE, type Recipe } from '@evenlight/plugin/src/session/settings.ts';
import { ProgressReporter, type FixProgress } from '@evenlight/plugin/src/session/progress.ts';
import { FixSetup, recipeWith } from '../../../fakes/plugin/fix-setup.ts';
import { flatPicture } from '../../../fakes/plugin/memory-host.ts';
import { engineModel, gainCorrection, MemoryEngine } from '../../../fakes/plugin/memory-engine.ts';

describe('what a preview has read', () => {
  const layer = { id: 7, name: 'Layer', kind: 'pixel', isVisible: true } as const;
  const changes: [
    what: string,
    change: (setup: FixSetup, document: DocumentInfo) => [DocumentInfo, Recipe],
    boolean,
  ][] = [
    ['nothing has happened', (_, document) => [document, DEFAULT_RECIPE], true],
    ['its model is asked for by name', (_, document) => [document, recipeWith({ model: 'exposure' })], true],
    ['another strength is asked for', (_, document) => [document, recipeWith({ strength: 40 })], true],
    ['another model is asked for', (_, document) => [document, recipeWith({ model: 'night' })], false],
    ['another document is active', (setup) => [setup.host.open(), DEFAULT_RECIPE], false],
    ['another layer is active', (_, document) => [{ ...document, activeLayer: layer }, DEFAULT_RECIPE], false],
    ['no layer is active', (_, document) => [{ ...document, activeLayer: undefined }, DEFAULT_RECIPE], false],
    ['the document was changed', (_, document) => [{ ...document, historyStateId: 999 }, DEFAULT_RECIPE], false],
  ];
  it.each(changes)('when %s', async (_, change, isGood) => {
    const setup = new FixSetup();
    const document = setup.host.open();
    const prepared = await prepare(setup, {
      ...{ documentId: document.id, model: '', policy: 'panel', signal: setup.cancel.signal },
      progress: new ProgressReporter(),
    });
    expect(isStillGood(prepared, ...change(setup, document))).toBe(isGood);
  });
});

describe('fixing one photograph', () => {
  it('makes one layer and tells what was done and who did it', async () => {
    const setup = new FixSetup();
    const document = setup.host.open();
    const result = await setup.fix({ documentId: document.id });
    expect(result).toMatchObject({
      kind: 'fixed',
      output: 'pixels',
      isSubstitute: false,
      model: 'Model exposure',
      engine: { name: 'plain', hostName: undefined },
      placed: { documentId: document.id },
    });
    expect(setup.host.layers).toHaveLength(1);
    expect(setup.host.layers[0]).toMatchObject({
      layerName: 'Model exposure 100 %',
      opacityPercent: 100,
      settings: { version: 2, strength: 100, evBias: 0, model: 'exposure', output: 'pixels', restore: 'off' },
    });
    if (result.kind === 'fixed') expect(result.measurement.exposureEv).toBeGreaterThan(0.5);
  });

  it('makes no layer for a well exposed photograph, and says so', async () => {
    const setup = new FixSetup();
    setup.engine.correction = gainCorrection(1.01);
    const { id } = setup.host.open(flatPicture(120));
    expect(await setup.fix({ documentId: id })).toMatchObject({ kind: 'already-well-exposed' });
    expect(setup.host.layers).toHaveLength(0);
    expect(await setup.fix({ documentId: id, force: true })).toMatchObject({ kind: 'fixed' });
  });

  it('corrects a well exposed photograph when an EV bias is asked for', async () => {
    const setup = new FixSetup();
    setup.engine.correction = gainCorrection(1);
    const { id } = setup.host.open(flatPicture(120));
    expect(await setup.fix({ documentId: id, recipe: recipeWith({ evBias: 1 }) })).toMatchObject({ kind: 'fixed' });
  });

  it('does nothing at strength 0, even when forced', async () => {
    const setup = new FixSetup();
    const { id } = setup.host.open();
    const recipe = recipeWith({ strength: 0 });
    expect(await setup.fix({ documentId: id, recipe, force: true })).toMatchObject({ kind: 'unchanged' });
    expect(setup.host.layers).toHaveLength(0);
    expect(setup.host.reads).toEqual([]);
  });

  it('does not correct its own result until something else has happened', async () => {
    const setup = new FixSetup();
    const { id } = setup.host.open();
    await setup.fix({ documentId: id });
    expect(await setup.fix({ documentId: id })).toMatchObject({ kind: 'just-fixed' });
    expect(await setup.fix({ documentId: id, force: true })).toMatchObject({ kind: 'fixed' });
    setup.host.touch(id);
    expect(await setup.fix({ documentId: id })).toMatchObject({ kind: 'fixed' });
  });

  it('saves the .cube of the layer it has just made, not of what is left to correct', async () => {
    const setup = new FixSetup();
    const { id } = setup.host.open();
    const cube = recipeWith({ output: 'cube' });
    const fixed = await setup.fix({ documentId: id });
    const saved = await setup.fix({ documentId: id, recipe: cube });
    if (fixed.kind !== 'fixed' || saved.kind !== 'saved') throw new Error(`${fixed.kind}, then ${saved.kind}`);
    expect(saved.measurement).toEqual(fixed.measurement);
    expect(setup.host.reads).toEqual([id]);
    setup.host.touch(id);
    expect(await setup.fix({ documentId: id, recipe: cube })).toMatchObject({ kind: 'saved' });
    expect(setup.host.reads).toEqual([id, id]);
  });

  it('saves what is left to correct where it is forced to, and nothing of a layer that another model has made', async () => {
    const setup = new FixSetup();
    setup.engine.available = [engineModel('exposure'), engineModel('night')];
    const { id } = setup.host.open();
    await setup.fix({ documentId: id });
    const cube = recipeWith({ output: 'cube' });
    expect(await setup.fix({ documentId: id, recipe: cube, force: true })).toMatchObject({ kind: 'saved' });
    expect(setup.host.reads).toEqual([id, id]);
    const night = { ...cube, model: 'night' };
    expect(await setup.fix({ documentId: id, recipe: night })).toMatchObject({ kind: 'just-fixed' });
    expect(await setup.fix({ documentId: id, recipe: { ...cube, model: 'exposure' } })).toMatchObject({
      kind: 'saved',
    });
    expect(setup.host.reads).toEqual([id, id]);
  });

  it('says how long it took', async () => {
    const setup = new FixSetup();
    await setup.clock.advance(500);
    setup.engine.before = () => setup.clock.advance(1200);
    expect(await setup.fix({ documentId: setup.host.open().id })).toMatchObject({ elapsedMs: 1200 });
  });

  it.each([
    ['pixels', false],
    ['curves', true],
  ] as const)('for %s reads at a glance: %s', async (output, isGlance) => {
    const setup = new FixSetup();
    await setup.fix({ documentId: setup.host.open().id, recipe: recipeWith({ output }) });
    expect(setup.host.readOptions).toMatchObject([{ isGlance }]);
  });

  it('reads again when another part of the document is to be corrected than the preview has read', async () => {
    const setup = new FixSetup();
    const { id } = setup.host.open();
    const prepared = await prepare(setup, {
      ...{ documentId: id, model: '', policy: 'panel', signal: setup.cancel.signal },
      progress: new ProgressReporter(),
    });
    await setup.fix({ documentId: id, prepared, from: 'layer' });
    expect(setup.host.reads).toEqual([id]);
    const other = setup.host.open();
    const again = await prepare(setup, {
      ...{ documentId: other.id, model: '', policy: 'panel', signal: setup.cancel.signal },
      progress: new ProgressReporter(),
    });
    await setup.fix({ documentId: other.id, prepared: again, from: 'composite' });
    expect(setup.host.reads).toEqual([id, other.id, other.id]);
  });

  it('refuses a document that is closed or cannot be fixed', async () => {
    const setup = new FixSetup();
    const { id } = setup.host.open(undefined, { mode: 'indexed', outputs: [] });
    await expect(setup.fix({ documentId: id })).rejects.toMatchObject({
      code: 'UNSUPPORTED_DOCUMENT',
      message: expect.stringContaining('indexed'),
    });
    await expect(setup.fix({ documentId: 99 })).rejects.toMatchObject({ code: 'NO_DOCUMENT' });
    expect(setup.host.reads).toEqual([]);
  });

  it('makes what the document can take instead of what was asked for', async () => {
    const setup = new FixSetup();
    const { id } = setup.host.open(undefined, { mode: 'cmyk', outputs: ['curves'] });
    const result = await setup.fix({ documentId: id });
    expect(result).toMatchObject({ kind: 'fixed', output: 'curves', isSubstitute: true });
    expect(setup.host.layers[0]!.output).toBe('curves');
  });

  it('uses what the preview has read and predicted', async () => {
    const setup = new FixSetup();
    const { id } = setup.host.open();
    const prepared = await prepare(setup, {
      ...{ documentId: id, model: '', policy: 'panel', signal: setup.cancel.signal },
      progress: new ProgressReporter(),
    });
    await setup.fix({ documentId: id, prepared });
    expect(setup.host.reads).toEqual([id]);
    expect(setup.engine.proxies).toHaveLength(1);
  });

  it('reads again when the document, or the model, is not that of the preview', async () => {
    const setup = new FixSetup();
    setup.engine.available = [engineModel('exposure'), engineModel('night')];
    const { id } = setup.host.open();
    const prepared = await prepare(setup, {
      ...{ documentId: id, model: '', policy: 'panel', signal: setup.cancel.signal },
      progress: new ProgressReporter(),
    });
    expect(await setup.fix({ documentId: id, prepared, recipe: recipeWith({ model: 'night' }) })).toMatchObject({
      model: 'Model night',
    });
    setup.host.touch(id);
    await setup.fix({ documentId: id, prepared });
    expect(setup.host.reads).toEqual([id, id, id]);
  });

  it('reads again when the host finds that what the preview has read is seen no more, but not twice', async () => {
    const setup = new FixSetup();
    const { id } = setup.host.open();
    const prepared = await prepare(setup, {
      ...{ documentId: id, model: '', policy: 'panel', signal: setup.cancel.signal },
      progress: new ProgressReporter(),
    });
    let refusals = 1;
    setup.host.onStep = (step) => {
      if (step === 'write' && refusals-- > 0) throw new HostError('DOCUMENT_CHANGED', 'looks other');
    };
    expect((await setup.fix({ documentId: id, prepared })).kind).toBe('fixed');
    expect(setup.host.reads).toEqual([id, id]);
    setup.host.touch(id);
    refusals = 2;
    await expect(setup.fix({ documentId: id })).rejects.toMatchObject({ code: 'DOCUMENT_CHANGED' });
    expect(setup.host.reads).toEqual([id, id, id]);
  });

  it('reports progress that never falls, through all stages', async () => {
    const setup = new FixSetup();
    const seen: FixProgress[] = [];
    await setup.fix({ documentId: setup.host.open().id }, { onProgress: (progress) => seen.push(progress) });
    const fractions = seen.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(new Set(seen.map(({ stage }) => stage))).toEqual(new Set(['reading', 'predicting', 'writing']));
    expect(fractions.at(-1)).toBe(1);
  });

  it('says when it waits for Photoshop, in its words', async () => {
    const setup = new FixSetup();
    setup.host.onStep = (step, _id, { onBusy }) => {
      if (step === 'write') onBusy?.('Plugin: com.other is running');
    };
    const seen: FixProgress[] = [];
    await setup.fix({ documentId: setup.host.open().id }, { onProgress: (progress) => seen.push(progress) });
    expect(seen).toContainEqual(
      expect.objectContaining({ stage: 'waiting-for-photoshop', detail: 'Plugin: com.other is running' }),
    );
  });

  it.each(['read', 'predict', 'write'] as const)('leaves the document alone when cancelled during %s', async (when) => {
    const setup = new FixSetup();
    const { id } = setup.host.open();
    setup.host.onStep = (step) => {
      if (step === when) setup.cancel.cancel();
    };
    setup.engine.before = () => {
      if (when === 'predict') setup.cancel.cancel();
    };
    await expect(setup.fix({ documentId: id })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(setup.host.layers).toHaveLength(0);
  });

  it('passes on why the host or the engine failed', async () => {
    const setup = new FixSetup();
    const { id } = setup.host.open();
    setup.engine.before = () => {
      throw new EngineError('OUT_OF_MEMORY', 'no memory');
    };
    await expect(setup.fix({ documentId: id })).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
    setup.host.onStep = () => {
      throw new HostError('BUSY', 'a dialog is open');
    };
    await expect(setup.fix({ documentId: id })).rejects.toMatchObject({ code: 'BUSY' });
  });

  it('reads again for another engine only when its model wants another proxy', async () => {
    const setup = new FixSetup();
    const bridge = new MemoryEngine('bridge', [engineModel('exposure', 16)]);
    await setup.useBridge(bridge);
    bridge.before = () => {
      throw new EngineError('FAILED', 'no');
    };
    await setup.fix({ documentId: setup.host.open().id, policy: 'automatic' });
    expect(setup.host.reads).toHaveLength(2);
    bridge.available = [engineModel('exposure', 8)];
    await setup.fix({ documentId: setup.host.open().id, policy: 'automatic' });
    expect(setup.host.reads).toHaveLength(3);
  });
});
