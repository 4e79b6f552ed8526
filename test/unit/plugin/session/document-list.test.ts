import { SettingsStore } from '@evenlight/plugin/src/session/settings-store.ts';
import { EngineSelector } from '@evenlight/plugin/src/session/engine-selector.ts';
import { BridgeConnection } from '@evenlight/plugin/src/session/connection.ts';
import { ExposureSession } from '@evenlight/plugin/src/session/exposure-session.ts';
import { describe, expect, it } from 'vitest';
import { fakeLink } from '../../../fakes/plugin/fake-bridge.ts';
import { ManualClock } from '../../../fakes/plugin/manual-clock.ts';
import { MemoryEngine, MemoryLocalEngine } from '../../../fakes/plugin/memory-engine.ts';
import { SessionSetup } from '../../../fakes/plugin/session-setup.ts';
import { MemoryCleaner } from '../../../fakes/plugin/memory-cleaner.ts';
import { createHost } from '../host/host-on-fake.ts';

/** A session over the strict fake of Photoshop, with thirty-one documents. */
function open() {
  const documents = Array.from({ length: 31 }, (_, i) => ({ width: 8, height: 8, title: `${i}.jpg` }));
  const { host, control } = createHost({ documents });
  const clock = new ManualClock();
  const openBridge = async () => (await fakeLink()).client;
  const connection = new BridgeConnection({ open: openBridge, clock, random: () => 0 });
  const local = new MemoryLocalEngine('plain');
  const selector = new EngineSelector({ bridge: new MemoryEngine('bridge'), local, connection, clock });
  const { texts } = new SessionSetup();
  const diagnosis = { open: openBridge, platform: 'other', get: async () => ({ status: 200, body: '' }) } as const;
  const session = new ExposureSession({
    ...{ host, selector, cleaner: new MemoryCleaner(), local, connection, texts, diagnosis, clock },
    store: new SettingsStore(host.storage),
    now: () => '',
  });
  return { session, control };
}

describe('what Photoshop is asked about its documents', () => {
  it('is nothing while no panel is seen, however much is painted', async () => {
    const { session, control } = open();
    session.listen(() => undefined);
    for (let stroke = 0; stroke < 100; stroke++) {
      control.touch('30.jpg');
      await Promise.resolve();
    }
    expect(control.session.stateReads).toEqual([]);
  });

  it('is the state of one document for each stroke while the panel is seen, and nothing after it was closed', async () => {
    const { session, control } = open();
    const stop = session.watch.begin();
    for (let stroke = 0; stroke < 100; stroke++) {
      control.session.stateReads.length = 0;
      control.touch('30.jpg');
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      expect(new Set(control.session.stateReads)).toEqual(new Set([control.document('30.jpg').id]));
    }
    stop();
    control.session.stateReads.length = 0;
    control.touch('30.jpg');
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(control.session.stateReads).toEqual([]);
  });

  it('is told anew of documents that were opened, closed or made the active one', async () => {
    const setup = new SessionSetup();
    const first = setup.host.open();
    const second = setup.host.open();
    expect(setup.last('documents').documents.map(({ id }) => id)).toEqual([first.id, second.id]);
    await setup.host.setActiveDocument(first.id);
    expect(setup.last('documents').activeId).toBe(first.id);
    setup.host.close(second.id);
    expect(setup.last('documents').documents.map(({ id }) => id)).toEqual([first.id]);
  });
});
