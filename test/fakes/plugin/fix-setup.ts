import { CancelSource } from '@evenlight/plugin/src/session/cancel-source.ts';
import { EngineSelector } from '@evenlight/plugin/src/session/engine-selector.ts';
import { BridgeConnection } from '@evenlight/plugin/src/session/connection.ts';
import {
  fixExposure,
  type FixControl,
  type DocumentFixParts,
  type FixRequest,
} from '@evenlight/plugin/src/session/fix-exposure.ts';
import type { FixResult } from '@evenlight/plugin/src/session/fix-result.ts';
import { PlacedLayers } from '@evenlight/plugin/src/session/placed-layers.ts';
import type { PlaceTexts } from '@evenlight/plugin/src/session/place-result.ts';
import { DEFAULT_RECIPE, type Recipe } from '@evenlight/plugin/src/session/settings.ts';
import { fakeLink } from './fake-bridge.ts';
import { ManualClock, settle } from './manual-clock.ts';
import { MemoryEngine } from './memory-engine.ts';
import { MemoryCleaner } from './memory-cleaner.ts';
import { MemoryHost } from './memory-host.ts';

/** The default recipe with some fields changed. */
export function recipeWith(change: Partial<Recipe>): Recipe {
  return { ...DEFAULT_RECIPE, ...change };
}

/** Everything a fix needs, in memory: one engine in the panel, and a bridge when asked for. */
export class FixSetup implements DocumentFixParts {
  readonly host = new MemoryHost();
  readonly cleaner = new MemoryCleaner();
  readonly engine = new MemoryEngine('plain');
  readonly clock = new ManualClock();
  readonly placedLayers = new PlacedLayers();
  readonly cancel = new CancelSource();
  readonly texts: PlaceTexts = {
    layerName: (model, { strength }) => `${model} ${strength} %`,
    historyName: () => 'Fix exposure',
    cleanedLayerName: () => 'Clean noise',
    strengthName: () => 'Strength',
    removedName: () => 'Remove',
    writeTitle: () => 'Writing',
    cubeName: (title) => `${title}.cube`,
  };
  readonly connection = new BridgeConnection({
    clock: this.clock,
    random: () => 0,
    open: async () => (await fakeLink()).client,
  });
  selector = this.#selectorWith(new MemoryEngine('bridge'));

  readTitle(): string {
    return 'Reading';
  }

  /** Connects, with this engine for the bridge's part. */
  async useBridge(bridge: MemoryEngine): Promise<void> {
    this.selector = this.#selectorWith(bridge);
    this.connection.configure({ address: '127.0.0.1', token: undefined, enabled: true });
    await settle();
  }

  fix(
    request: Partial<FixRequest> & Pick<FixRequest, 'documentId'>,
    options: Partial<FixControl> = {},
  ): Promise<FixResult> {
    const whole = { recipe: DEFAULT_RECIPE, policy: 'panel', ...request } as const;
    return fixExposure(this, whole, { signal: this.cancel.signal, ...options });
  }

  #selectorWith(bridge: MemoryEngine): EngineSelector {
    return new EngineSelector({ bridge, local: this.engine, connection: this.connection, clock: this.clock });
  }
}
