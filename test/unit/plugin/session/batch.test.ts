import { describe, expect, it } from 'vitest';
import { applyToProxy, DEFAULT_ADJUSTMENT } from '@evenlight/models';
import { ProtocolError } from '@evenlight/protocol';
import { EngineError, HostError } from '@evenlight/plugin/src/errors.ts';
import { runBatch, type BatchRequest, type BatchRow } from '@evenlight/plugin/src/session/batch.ts';
import { DEFAULT_RECIPE } from '@evenlight/plugin/src/session/settings.ts';
import { FixSetup } from '../../../fakes/plugin/fix-setup.ts';
import { flatPicture } from '../../../fakes/plugin/memory-host.ts';
import { gainCorrection, MemoryEngine } from '../../../fakes/plugin/memory-engine.ts';

class BatchSetup extends FixSetup {
  readonly seen: (readonly BatchRow[])[] = [];

  run(change: Partial<BatchRequest> = {}): Promise<readonly BatchRow[]> {
    const documentIds = this.host.listDocuments().map(({ id }) => id);
    const request = { documentIds, recipe: DEFAULT_RECIPE, policy: 'panel', ...change } as const;
    return runBatch(this, request, { signal: this.cancel.signal, onRows: (rows) => this.seen.push(rows) });
  }
}

const statuses = (rows: readonly BatchRow[]): string[] => rows.map(({ status }) => status);

describe('a batch', () => {
  it('fixes every document once, each with a layer of its own, and restores the active one', async () => {
    const setup = new BatchSetup();
    const ids = [setup.host.open().id, setup.host.open().id, setup.host.open().id];
    await setup.host.setActiveDocument(ids[1]!);
    const rows = await setup.run();
    expect(statuses(rows)).toEqual(['done', 'done', 'done']);
    expect(setup.host.layers.map(({ documentId }) => documentId)).toEqual(ids);
    expect(setup.host.activeDocument()!.id).toBe(ids[1]);
  });

  it('works on the named documents alone, and once on one that is named twice', async () => {
    const setup = new BatchSetup();
    const [first, , third] = [setup.host.open().id, setup.host.open().id, setup.host.open().id];
    const rows = await setup.run({ documentIds: [third, first, third] });
    expect(rows.map(({ documentId }) => documentId)).toEqual([third, first]);
    expect(setup.host.layers).toHaveLength(2);
  });

  it('shows each document waiting, running with progress, and done', async () => {
    const setup = new BatchSetup();
    setup.host.open();
    setup.host.open();
    await setup.run();
    expect(statuses(setup.seen[0]!)).toEqual(['waiting', 'waiting']);
    expect(setup.seen.some((rows) => rows[0]!.status === 'running' && rows[1]!.status === 'waiting')).toBe(true);
    expect(setup.seen.some((rows) => rows[0]!.status === 'done' && rows[1]!.status === 'running')).toBe(true);
  });

  it('skips what cannot be fixed, with the reason, and goes on', async () => {
    const setup = new BatchSetup();
    setup.host.open(undefined, { mode: 'bitmap', outputs: [] });
    const closed = setup.host.open().id;
    setup.host.open();
    setup.host.onStep = (_step, documentId) => {
      if (documentId === closed) setup.host.close(closed);
    };
    const rows = await setup.run();
    expect(rows).toMatchObject([
      { status: 'skipped', error: { code: 'UNSUPPORTED_DOCUMENT' } },
      { status: 'skipped', error: { code: 'DOCUMENT_CLOSED' } },
      { status: 'done', result: { kind: 'fixed' } },
    ]);
  });

  it('goes on after an error', async () => {
    const setup = new BatchSetup();
    setup.host.open();
    setup.host.open();
    setup.engine.before = (call) => {
      if (call === 1) throw new EngineError('FAILED', 'no');
    };
    expect(await setup.run()).toMatchObject([
      { status: 'failed', error: { code: 'FAILED', message: 'no' } },
      { status: 'done' },
    ]);
    expect(setup.host.layers).toHaveLength(1);
  });

  it('reads a document once more that has changed while it was worked on, and then gives up', async () => {
    const setup = new BatchSetup();
    const [busy, calm] = [setup.host.open().id, setup.host.open().id];
    let calmTouches = 1;
    setup.host.onStep = (step, documentId) => {
      if (step === 'write' && (documentId === busy || calmTouches-- > 0)) setup.host.touch(documentId);
    };
    expect(await setup.run()).toMatchObject([
      { documentId: busy, status: 'failed', error: { code: 'DOCUMENT_CHANGED' } },
      { documentId: calm, status: 'done' },
    ]);
    expect(setup.host.layers.map(({ documentId }) => documentId)).toEqual([calm]);
  });

  it('cancelled inside a document leaves it alone, and the rest too', async () => {
    const setup = new BatchSetup();
    const first = setup.host.open().id;
    const second = setup.host.open().id;
    setup.host.open();
    setup.host.onStep = (step, documentId) => {
      if (step === 'write' && documentId === second) setup.cancel.cancel();
    };
    expect(statuses(await setup.run())).toEqual(['done', 'cancelled', 'cancelled']);
    expect(setup.host.layers.map(({ documentId }) => documentId)).toEqual([first]);
  });

  it('does not fix again what the cancelled batch before it has fixed', async () => {
    const setup = new BatchSetup();
    setup.host.open();
    setup.host.open();
    await setup.run({ documentIds: [1] });
    expect(await setup.run()).toMatchObject([{ result: { kind: 'just-fixed' } }, { result: { kind: 'fixed' } }]);
    expect(setup.host.layers).toHaveLength(2);
  });

  it('does not fail because the active document cannot be restored', async () => {
    const setup = new BatchSetup();
    setup.host.open();
    setup.host.open();
    await setup.host.setActiveDocument(1);
    setup.host.setActiveDocument = () => Promise.reject(new HostError('BUSY', 'a dialog is open'));
    expect(statuses(await setup.run())).toEqual(['done', 'done']);
  });
});

describe('the same correction for all', () => {
  it("predicts once, and gives every document the reference's correction", async () => {
    const setup = new BatchSetup();
    const reference = setup.host.open(flatPicture(40)).id;
    setup.host.open(flatPicture(70));
    setup.host.open(flatPicture(100));
    const rows = await setup.run({ referenceId: reference, documentIds: [2, 3] });
    expect(statuses(rows)).toEqual(['done', 'done']);
    expect(setup.engine.proxies).toHaveLength(1);
    const [second, third] = setup.host.layers.map(({ details }) => details as { correction: object });
    expect(third!.correction).toBe(second!.correction);
  });

  it('does what the reference needs, whatever its own place in the picture', async () => {
    const setup = new BatchSetup();
    setup.engine.correction = gainCorrection(2);
    setup.host.open(flatPicture(40));
    const rows = await setup.run({ referenceId: 1 });
    const [row] = rows;
    if (row?.status !== 'done' || row.result.kind !== 'fixed') throw new Error('not fixed');
    const { correction } = setup.host.layers[0]!.details as { correction: Parameters<typeof applyToProxy>[0] };
    expect([correction.gridWidth, correction.gridHeight]).toEqual([1, 1]);
    const proxy = setup.engine.proxies[0]!;
    const corrected = applyToProxy(correction, DEFAULT_ADJUSTMENT, proxy);
    expect(corrected.pixels[0]).toBeCloseTo(proxy.pixels[0]! * 2, 2);
  });

  it('begins nothing without the reference', async () => {
    const setup = new BatchSetup();
    setup.host.open();
    await expect(setup.run({ referenceId: 77 })).rejects.toMatchObject({ code: 'NO_DOCUMENT' });
    expect(statuses(setup.seen.at(-1)!)).toEqual(['cancelled']);
    setup.engine.before = () => {
      throw new EngineError('FAILED', 'no');
    };
    await expect(setup.run({ referenceId: 1 })).rejects.toMatchObject({ code: 'FAILED' });
    expect(setup.host.layers).toHaveLength(0);
  });

  it('cancelled while the reference is read leaves all documents out', async () => {
    const setup = new BatchSetup();
    setup.host.open();
    setup.host.open();
    setup.engine.before = () => setup.cancel.cancel();
    expect(statuses(await setup.run({ referenceId: 1 }))).toEqual(['cancelled', 'cancelled']);
  });
});

describe('fifty documents with the bridge gone and back in the middle', () => {
  async function runFifty(policy: 'automatic' | 'bridge'): Promise<{ setup: BatchSetup; rows: readonly BatchRow[] }> {
    const setup = new BatchSetup();
    const modes = ['rgb', 'grayscale', 'cmyk', 'lab', 'indexed'] as const;
    for (let i = 0; i < 50; i++) {
      const mode = modes[i % modes.length]!;
      const outputs =
        mode === 'indexed'
          ? ([] as const)
          : mode === 'cmyk' || mode === 'lab'
            ? (['curves'] as const)
            : (['pixels', 'curves'] as const);
      setup.host.open(undefined, { mode, outputs });
    }
    const bridge = new MemoryEngine('bridge');
    await setup.useBridge(bridge);
    bridge.before = (call) => {
      if (call >= 10 && call < 14) throw new ProtocolError('CONNECTION_LOST', 'the bridge was killed');
    };
    const running = setup.run({ policy });
    const ticking = setInterval(() => void setup.clock.advance(1000), 0);
    const rows = await running;
    clearInterval(ticking);
    return { setup, rows };
  }

  it.each(['automatic', 'bridge'] as const)(
    'with the policy "%s": each is fixed once or has its reason',
    async (policy) => {
      const { setup, rows } = await runFifty(policy);
      for (const row of rows) {
        const layers = setup.host.layers.filter(({ documentId }) => documentId === row.documentId);
        if (row.status === 'done') expect(layers).toHaveLength(1);
        else {
          expect(row).toMatchObject({ status: 'skipped', error: { code: 'UNSUPPORTED_DOCUMENT' } });
          expect(layers).toHaveLength(0);
        }
      }
      expect(rows.filter(({ status }) => status === 'done')).toHaveLength(40);
      const engines = rows.flatMap((row) =>
        row.status === 'done' && row.result.kind === 'fixed' ? row.result.engine.name : [],
      );
      expect(engines.filter((name) => name === 'plain')).toHaveLength(policy === 'automatic' ? 4 : 0);
      expect(engines.at(-1)).toBe('bridge');
    },
  );
});
