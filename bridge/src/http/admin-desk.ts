import type { Identity } from '../access/access-control.ts';
import type { BridgeState } from '../metrics/bridge-metrics.ts';
import type { LogEntry } from '../server/log.ts';

/** A client, by socket or by HTTP. */
export interface OpenConnection {
  readonly id: string;
  readonly kind: 'socket' | 'http';
  readonly identity: Identity;
  readonly address: string;
  readonly client: string;
  readonly sinceMs: number;
  readonly jobs: number;
}

export interface AdminDeskParts {
  readonly state: () => BridgeState;
  readonly connections: () => readonly OpenConnection[];
  /** @returns whether there was such a connection */
  readonly end: (id: string) => boolean;
  readonly memory: () => Promise<
    readonly { readonly process: string; readonly pid: number; readonly peakBytes: number }[]
  >;
  readonly recentErrors: () => readonly (LogEntry & { readonly time: string })[];
  readonly nowMs: () => number;
}

/** What administrators see and may do. */
export class AdminDesk {
  readonly #parts: AdminDeskParts;

  constructor(parts: AdminDeskParts) {
    this.#parts = parts;
  }

  async state(): Promise<object> {
    const { state, connections, memory, recentErrors, nowMs } = this.#parts;
    const { devices, ...counts } = state();
    return {
      ...counts,
      devices: devices.map(({ isUp, isFree, restarts }) => ({ isUp, isFree, restarts })),
      memory: (await memory()).map(({ process, peakBytes }) => ({ process, peakBytes })),
      clients: connections().map(({ id, kind, identity, address, client, sinceMs, jobs }) => ({
        ...{ id, kind, address, client, jobs, role: identity.role },
        ...(identity.user === undefined ? {} : { user: identity.user }),
        seconds: Math.max(0, Math.round((nowMs() - sinceMs) / 1000)),
      })),
      errors: recentErrors(),
    };
  }

  /** @returns whether there was such a connection */
  end(id: string): boolean {
    return this.#parts.end(id);
  }
}
