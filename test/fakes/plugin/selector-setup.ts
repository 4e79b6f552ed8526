import { colorSpaces, predictPicture, type ProxyInput } from '@evenlight/models';
import type { Source } from '@evenlight/plugin/src/host.ts';
import { CancelSource } from '@evenlight/plugin/src/session/cancel-source.ts';
import { BridgeConnection } from '@evenlight/plugin/src/session/connection.ts';
import {
  EngineSelector,
  type EnginePrediction,
  type EngineSwitch,
  type PredictionRequest,
} from '@evenlight/plugin/src/session/engine-selector.ts';
import { ProtocolError } from '@evenlight/protocol';
import { fakeLink, type FakeLink } from './fake-bridge.ts';
import { ManualClock, settle } from './manual-clock.ts';
import { MemoryEngine } from './memory-engine.ts';
import { MemoryHost } from './memory-host.ts';

/** The choice between a bridge and the panel, both in memory, with one document to predict. */
export class SelectorSetup {
  readonly clock = new ManualClock();
  readonly bridge = new MemoryEngine('bridge');
  readonly local = new MemoryEngine('plain');
  answer: () => Promise<FakeLink> = () => Promise.reject(new ProtocolError('CONNECTION_REFUSED', 'nobody listens'));
  readonly connection = new BridgeConnection({
    clock: this.clock,
    random: () => 0,
    open: async () => (await this.answer()).client,
  });
  readonly selector = new EngineSelector(this);
  readonly cancel = new CancelSource();
  /** Widths of the proxies that were read. */
  readonly asked: number[] = [];
  /** Called when a proxy is read. */
  onRead = (): void => undefined;
  readonly #document = new MemoryHost().open();
  readonly switches: EngineSwitch[] = [];

  constructor() {
    this.bridge.hostName = 'studio';
  }

  async connect(): Promise<FakeLink> {
    const link = await fakeLink();
    this.answer = () => Promise.resolve(link);
    this.connection.configure({ address: 'studio', token: undefined, enabled: true });
    await settle();
    return link;
  }

  async predict(request: PredictionRequest): Promise<EnginePrediction> {
    const read = ({ width, height }: ProxyInput): Promise<Source> => {
      this.asked.push(width);
      this.onRead();
      const image = { width, height, channels: 3, format: 'uint8', colorSpace: colorSpaces.srgb } as const;
      const proxy = { width, height, pixels: new Float32Array(width * height * 3) };
      const bounds = { left: 0, top: 0, width, height };
      return Promise.resolve({ document: this.#document, layerId: undefined, bounds, image, proxy, rendering: proxy });
    };
    return (await predictPicture({ read }, this.selector.predictor(request))).prediction;
  }

  request(change: Partial<PredictionRequest> = {}): PredictionRequest {
    return {
      ...{
        model: '',
        policy: 'automatic',
        signal: this.cancel.signal,
        onSwitch: (change) => this.switches.push(change),
      },
      ...change,
    };
  }
}
