import { BridgeClient, openTransport } from '@evenlight/client';
import { BridgeCleaner } from '@evenlight/plugin/src/engine/bridge-cleaner.ts';
import { BridgeEngine } from '@evenlight/plugin/src/engine/bridge-engine.ts';
import { createPhotoshopHost, type HostModules } from '@evenlight/plugin/src/host/photoshop-host.ts';
import { photoshopTexts } from '@evenlight/plugin/src/panel/photoshop-texts.ts';
import { textsIn } from '@evenlight/plugin/src/panel/texts/texts.ts';
import { BridgeConnection, type OpenBridge } from '@evenlight/plugin/src/session/connection.ts';
import { EngineSelector } from '@evenlight/plugin/src/session/engine-selector.ts';
import { ExposureSession } from '@evenlight/plugin/src/session/exposure-session.ts';
import type { EnginePolicy } from '@evenlight/plugin/src/session/settings.ts';
import { SettingsStore } from '@evenlight/plugin/src/session/settings-store.ts';
import { SUBPROTOCOL, systemClock } from '@evenlight/protocol';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { FakeDocumentOptions } from '../photoshop/fake-document.ts';
import { createFakePhotoshop, type FakeControl } from '../photoshop/fake-photoshop.ts';
import { engineModel, MemoryLocalEngine } from './memory-engine.ts';

export interface BridgeSession {
  readonly control: FakeControl;
  readonly session: ExposureSession;
  readonly local: MemoryLocalEngine;
}

/** The whole plugin but its panel, over the strict fake, with a socket to a real bridge; ended with the test. */
export async function openBridgeSession(
  url: string,
  policy: EnginePolicy,
  documents: readonly FakeDocumentOptions[],
): Promise<BridgeSession> {
  const fake = createFakePhotoshop({ documents });
  const modules = { photoshop: fake.photoshop, uxp: fake.uxp, globals: fake.globals } as unknown as HostModules;
  const host = createPhotoshopHost(modules);
  const store = new SettingsStore(host.storage);
  store.update({ bridgeAddress: url, enginePolicy: policy });
  const open: OpenBridge = async (address, { signal }) => {
    const transport = await openTransport(new WebSocket(address.url, SUBPROTOCOL), { timeoutMs: 5000, signal });
    return BridgeClient.connect(transport, { client: { name: 'test', version: '1' }, signal });
  };
  const clock = systemClock;
  const connection = new BridgeConnection({ open, clock, random: Math.random });
  const source = {
    get client() {
      return connection.client;
    },
    hostName: undefined,
  };
  const bridge = new BridgeEngine(source);
  const local = new MemoryLocalEngine('plain', [engineModel('exposure', 256)]);
  const session = new ExposureSession({
    ...{ host, store, clock, connection, local, cleaner: new BridgeCleaner(source, clock) },
    selector: new EngineSelector({ bridge, local, connection, clock }),
    texts: photoshopTexts(() => textsIn('en')),
    diagnosis: { open, platform: 'other', get: () => Promise.reject(new Error('not asked')) },
    now: () => '',
  });
  onTestFinished(() => session.dispose());
  await session.server.start();
  await connection.whenConnected();
  return { control: fake.control, session, local };
}
