import { EngineSelector } from '@evenlight/plugin/src/session/engine-selector.ts';
import { BridgeConnection } from '@evenlight/plugin/src/session/connection.ts';
import { ExposureSession } from '@evenlight/plugin/src/session/exposure-session.ts';
import type { SessionTexts } from '@evenlight/plugin/src/session/session-parts.ts';
import type { SessionEvent } from '@evenlight/plugin/src/session/session-event.ts';
import type { EnginePolicy } from '@evenlight/plugin/src/session/settings.ts';
import { SettingsStore } from '@evenlight/plugin/src/session/settings-store.ts';
import { fakeLink, type FakeLink } from './fake-bridge.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryEngine, MemoryLocalEngine } from './memory-engine.ts';
import { MemoryCleaner } from './memory-cleaner.ts';
import { MemoryHost } from './memory-host.ts';

type EventOf<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>;

/** A whole session in memory, and what it told. */
export class SessionSetup {
  readonly host = new MemoryHost();
  readonly cleaner = new MemoryCleaner();
  readonly local = new MemoryLocalEngine('plain');
  readonly bridge = new MemoryEngine('bridge');
  readonly clock = new ManualClock();
  readonly events: SessionEvent[] = [];
  readonly opened: { url: string; token: string | undefined }[] = [];
  link: FakeLink | undefined;
  readonly connection = new BridgeConnection({
    clock: this.clock,
    random: () => 0,
    open: async ({ url }, { token }) => {
      this.opened.push({ url, token });
      this.link = await fakeLink();
      return this.link.client;
    },
  });
  readonly store = new SettingsStore(this.host.storage);
  readonly texts: SessionTexts = {
    layerName: (model, { strength }) => `${model} ${strength} %`,
    historyName: () => 'Fix exposure',
    cleanedLayerName: () => 'Clean noise',
    strengthName: () => 'Strength',
    removedName: () => 'Remove',
    writeTitle: () => 'Writing',
    readTitle: () => 'Reading',
    cubeName: (title) => `${title}.cube`,
    stepName: ({ target }) => `Fix exposure (${target})`,
  };
  readonly session: ExposureSession;
  /** Ends the reading of documents that begins with the setup. */
  readonly stopWatching: () => void;

  /** @param policy by default nobody connects to anything */
  constructor(policy: EnginePolicy = 'panel') {
    this.store.update({ enginePolicy: policy });
    const { host, cleaner, local, bridge, connection, clock, store, texts } = this;
    const selector = new EngineSelector({ bridge, local, connection, clock });
    const diagnosis = {
      platform: 'other',
      open: async () => (await fakeLink()).client,
      get: () => Promise.resolve({ status: 200, body: '{"protocol":{"min":1,"max":1}}' }),
    } as const;
    const now = (): string => '2026-11-23T17:00:00Z';
    this.session = new ExposureSession({
      ...{ host, selector, cleaner, local, connection, store, texts, diagnosis, clock, now },
    });
    this.session.listen((event) => this.events.push(event));
    this.stopWatching = this.session.watch.begin();
  }

  /** All events of one type, in order. */
  told<T extends SessionEvent['type']>(type: T): EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type);
  }

  last<T extends SessionEvent['type']>(type: T): EventOf<T> {
    return this.told(type).at(-1)!;
  }
}
