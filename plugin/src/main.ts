import { systemClock } from '@evenlight/protocol';
import { BridgeCleaner } from './engine/bridge-cleaner.ts';
import { BridgeEngine } from './engine/bridge-engine.ts';
import { createHttpProbe } from './engine/http-probe.ts';
import { inEngineBackend, type OnnxRuntimeModule } from './engine/in-engine/in-engine-backend.ts';
import { createLocalEngine } from './engine/local/local-engine.ts';
import { PanelModels } from './engine/local/panel-models.ts';
import { openBridge } from './engine/open-bridge.ts';
import { plainBackend } from './engine/plain/plain-backend.ts';
import { uxpWebviewFrames } from './engine/webview/uxp-webview-frame.ts';
import { webviewBackend } from './engine/webview/webview-backend.ts';
import type { LocalEngine, ProbeJournal } from './engine.ts';
import { setUpEntryPoints } from './host/entry-points.ts';
import { createPhotoshopHost } from './host/photoshop-host.ts';
import { realModules } from './host/real-modules.ts';
import type { Host } from './host.ts';
import { batchCommandText, fixCommandText } from './panel/command-text.ts';
import type { PanelNode } from './panel/dom.ts';
import { errorText } from './panel/error-text.ts';
import { Panel } from './panel/panel.ts';
import { photoshopTexts } from './panel/photoshop-texts.ts';
import { languageFor, textsIn, type Texts } from './panel/texts/texts.ts';
import { ACTION_METHOD } from './session/actions.ts';
import { BridgeConnection, type OpenBridge } from './session/connection.ts';
import { EngineSelector } from './session/engine-selector.ts';
import { errorCode, isCancelled } from './session/errors.ts';
import { ExposureSession } from './session/exposure-session.ts';
import { SettingsStore } from './session/settings-store.ts';

/**
 * The composition root: the one place that names implementations. Everything up to `setUpEntryPoints` happens without waiting,
 * because Photoshop does not take entry points that come late.
 */

declare const require: (path: string) => unknown;
declare const window: Parameters<typeof uxpWebviewFrames>[0];

const clock = systemClock;

const modules = realModules();
const host = createPhotoshopHost(modules);
const store = new SettingsStore(host.storage);
const texts = (): Texts => textsIn(languageFor(store.settings.language, host.facts.locale));
let panel: Panel | undefined;
/** Shows the plugin's own pages: possible from UXP 8 on, and perhaps only after a panel has been opened. */
const webviewFacts = { uxpVersion: host.facts.uxpVersion, hasPanel: (): boolean => panel !== undefined };
const session = createSession();

setUpEntryPoints(modules, {
  panelId: 'evenlight',
  mount(rootNode) {
    const { platform, pluginVersion: version, locale } = host.facts;
    panel ??= new Panel({
      session,
      clock,
      locale,
      facts: { isMac: platform === 'mac', version },
    });
    // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- Photoshop's own node, which comes untyped.
    panel.mount(rootNode as PanelNode);
  },
  setVisible: (isVisible) => panel?.setVisible(isVisible),
  commands: {
    'fix-exposure': () => run(async () => fixCommandText(await session.photo.fix({ isRecorded: true }), texts())),
    'fix-all': () => run(async () => batchCommandText(await session.batch.fixAll({ isRecorded: true }), texts())),
    'repeat-last': () => run(async () => fixCommandText(await session.photo.repeatLast(), texts())),
  },
  menu: [],
  unload: () => void session.dispose(),
});

Object.assign(globalThis, { [ACTION_METHOD]: (_context: unknown, info: unknown) => playAction(info) });

function createSession(): ExposureSession {
  const { pluginVersion, platform } = host.facts;
  const open: OpenBridge = (address, options) => openBridge(address, { ...options, version: pluginVersion });
  const connection = new BridgeConnection({ open, clock, random: Math.random });
  const local = createLocal(host);
  const source = {
    get client() {
      return connection.client;
    },
    get hostName() {
      const { state } = connection;
      return state.status === 'connected' && !state.address.isLoopback ? state.address.host : undefined;
    },
  };
  const bridge = new BridgeEngine(source);
  return new ExposureSession({
    host,
    local,
    connection,
    store,
    clock,
    cleaner: new BridgeCleaner(source, clock),
    selector: new EngineSelector({ bridge, local, connection, clock }),
    texts: photoshopTexts(texts),
    diagnosis: { open, platform, get: createHttpProbe(clock) },
    now: () => new Date().toISOString(),
  });
}

/** A bundle of its own beside this one, which only the engine that needs it evaluates: no bundler may pull it in. */
const RUNTIME_BUNDLE = './engine/onnx-runtime.js';

function createLocal(photoshop: Host): LocalEngine {
  const readFile = (path: string): Promise<Uint8Array> => photoshop.readPluginFile(path);
  // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- Made by our own build of the same sources.
  const loadRuntime = (): OnnxRuntimeModule => require(RUNTIME_BUNDLE) as OnnxRuntimeModule;
  return createLocalEngine({
    backends: [
      webviewBackend({ openFrame: uxpWebviewFrames(window, webviewFacts), readFile, clock }),
      inEngineBackend({ loadRuntime, readFile }),
      plainBackend(clock),
    ],
    models: new PanelModels(readFile, clock),
    clock,
    journal: createJournal(photoshop),
  });
}

/** Kept for each pair of versions: with another Photoshop, or another plugin, the engine is tried again. */
function createJournal({ storage, facts }: Host): ProbeJournal {
  const key = `engine-being-tried ${facts.photoshopVersion} ${facts.pluginVersion}`;
  return { read: () => storage.get(key), write: (engine) => storage.set(key, engine) };
}

/** Runs a command. With the panel open, it shows the results; an error is always shown. */
function run(work: () => Promise<string | undefined>): void {
  work()
    .then(async (message) => {
      if (message !== undefined && panel === undefined) await host.showMessage(message);
    })
    .catch(async (error: unknown) => {
      if (!isCancelled(error)) await host.showMessage(errorText(error, texts()));
    });
}

/** Photoshop itself only says that a script failed, so the user is told the reason first. */
async function playAction(info: unknown): Promise<void> {
  try {
    await session.playAction(info);
  } catch (error) {
    const isUnreadable = ['NEWER_ACTION', 'BAD_SETTINGS'].includes(errorCode(error));
    if (isUnreadable) await host.showMessage(errorText(error, texts()));
    throw new Error(errorText(error, texts()), { cause: error });
  }
}
