import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { DeviceState, Priority } from '@evenlight/runtime';
import type { UserClass } from '../access/access-control.ts';

/** One job that has ended, over a socket or over HTTP. Names and numbers of a small set only: they become labels. */
export interface EndedJob {
  readonly kind: 'predict' | 'fix' | 'clean' | 'http';
  readonly priority: Priority;
  readonly userClass: UserClass;
  /** `done`, or the code of SPEC.md that it ended with. */
  readonly result: string;
  readonly times: { readonly queuedMs: number; readonly predictMs: number; readonly totalMs: number };
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** The state of the bridge when it is asked. */
export interface BridgeState {
  readonly isReady: boolean;
  readonly isDraining: boolean;
  readonly connections: number;
  readonly pendingConnections: number;
  readonly users: number;
  readonly jobs: number;
  /** Predictions that wait or run. */
  readonly queueLength: number;
  readonly pixelBytes: number;
  readonly uploadBytes: number;
  readonly devices: readonly DeviceState[];
}

const SECONDS = [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];
const PREFIX = 'evenlight_';

let ofThisProcess: Registry | undefined;

/** Memory, processor, event-loop delay, garbage collection: of the process, however many bridges it has. */
function processRegistry(): Registry {
  if (ofThisProcess === undefined) {
    ofThisProcess = new Registry();
    collectDefaultMetrics({ register: ofThisProcess });
  }
  return ofThisProcess;
}

/**
 * Counts what happens at a bridge, and writes it in Prometheus' text format. Labels hold kinds, codes and classes; never a
 * name, a path, an address or a token.
 */
export class BridgeMetrics {
  readonly #registry = new Registry();
  readonly #jobs: Counter<'kind' | 'result' | 'user_class' | 'priority'>;
  readonly #stages: Histogram<'kind' | 'stage'>;
  readonly #queue: Histogram<'priority'>;
  readonly #bytes: Counter<'direction'>;
  readonly #events: Counter<'event' | 'level'>;

  /** @param state asked at each reading */
  constructor(version: string, state: () => BridgeState) {
    const registers = [this.#registry];
    this.#jobs = new Counter({
      name: `${PREFIX}jobs_total`,
      help: 'Jobs that have ended, by their result: "done" or a code of SPEC.md.',
      labelNames: ['kind', 'result', 'user_class', 'priority'],
      registers,
    });
    this.#queue = new Histogram({
      name: `${PREFIX}queue_seconds`,
      help: 'How long predictions waited for a device.',
      labelNames: ['priority'],
      buckets: SECONDS,
      registers,
    });
    this.#stages = new Histogram({
      name: `${PREFIX}stage_seconds`,
      help: 'How long the network ran (predict) and whole jobs took (total).',
      labelNames: ['kind', 'stage'],
      buckets: SECONDS,
      registers,
    });
    this.#bytes = new Counter({
      name: `${PREFIX}bytes_total`,
      help: 'Bytes of photographs and proxies that were received and sent.',
      labelNames: ['direction'],
      registers,
    });
    this.#events = new Counter({
      name: `${PREFIX}events_total`,
      help: 'What the log has told of, also where its lines were left out.',
      labelNames: ['event', 'level'],
      registers,
    });
    this.#describe(version);
    this.#observe(state);
    // Shown with 0 from the start: a rate needs a first value.
    for (const direction of ['received', 'sent']) this.#bytes.inc({ direction }, 0);
  }

  jobEnded({ kind, priority, userClass, result, times, receivedBytes, sentBytes }: EndedJob): void {
    this.#jobs.inc({ kind, result, user_class: userClass, priority });
    this.#bytes.inc({ direction: 'received' }, receivedBytes);
    this.#bytes.inc({ direction: 'sent' }, sentBytes);
    if (result !== 'done') return;
    this.#queue.observe({ priority }, times.queuedMs / 1000);
    this.#stages.observe({ kind, stage: 'predict' }, times.predictMs / 1000);
    this.#stages.observe({ kind, stage: 'total' }, times.totalMs / 1000);
  }

  logged({ event, level }: { readonly event: string; readonly level: string }): void {
    this.#events.inc({ event, level });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(): Promise<string> {
    return Registry.merge([this.#registry, processRegistry()]).metrics();
  }

  #describe(version: string): void {
    const info = new Gauge({
      name: `${PREFIX}build_info`,
      help: 'Always 1; the version is the label.',
      labelNames: ['version'],
      registers: [this.#registry],
    });
    info.set({ version }, 1);
  }

  #observe(state: () => BridgeState): void {
    const gauges: Readonly<Record<string, readonly [help: string, value: (state: BridgeState) => number]>> = {
      ready: ['1 while the bridge takes jobs.', ({ isReady }) => Number(isReady)],
      draining: ['1 while it finishes its jobs to stop.', ({ isDraining }) => Number(isDraining)],
      connections: ['Clients that have said hello.', ({ connections }) => connections],
      pending_connections: ['Connections that have not said hello.', ({ pendingConnections }) => pendingConnections],
      users: ['Users, or addresses, that are connected.', ({ users }) => users],
      jobs: ['Jobs in work.', ({ jobs }) => jobs],
      queue_length: ['Predictions that wait or run.', ({ queueLength }) => queueLength],
      pixel_bytes: ['Memory given to proxies and pixels.', ({ pixelBytes }) => pixelBytes],
      upload_bytes: ['Disk given to photographs that came over HTTP.', ({ uploadBytes }) => uploadBytes],
      devices: ['Devices that the network may run on.', ({ devices }) => devices.length],
      devices_up: ['Devices whose process runs.', ({ devices }) => devices.filter(({ isUp }) => isUp).length],
      devices_busy: ['Devices that predict.', ({ devices }) => devices.filter((one) => one.isUp && !one.isFree).length],
      device_restarts: [
        'Inference processes that were replaced, of the devices as they are.',
        ({ devices }) => devices.reduce((sum, { restarts }) => sum + restarts, 0),
      ],
    };
    for (const [name, [help, value]] of Object.entries(gauges)) {
      const gauge: Gauge = new Gauge({
        name: PREFIX + name,
        help,
        registers: [this.#registry],
        collect: () => {
          gauge.set(value(state()));
        },
      });
    }
  }
}
