import type { IncomingMessage, ServerResponse } from 'node:http';
import { availableParallelism } from 'node:os';
import { ProtocolError } from '@evenlight/protocol';
import type { Identity } from '../access/access-control.ts';
import type { Memberships } from '../server/memberships.ts';
import { PixelBudget } from '../server/pixel-budget.ts';
import type { ServerSettings, SessionSettings } from '../server/server-options.ts';
import type { FixParameters } from './fix-parameters.ts';
import { HttpFix } from './http-fix.ts';
import { PhotoPool } from './photo-pool.ts';
import { removeStaleFolders } from './upload-folder.ts';

/** A request for `/v1/fix` that has been let in. */
export interface FixOrder {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly parameters: FixParameters;
  readonly identity: Identity;
  readonly address: string;
  readonly settings: SessionSettings;
  /** Called when the request counts for its user. */
  readonly onEntered: () => void;
}

/** A request that is in work, as administrators see it. */
export interface OpenRequest {
  readonly id: string;
  readonly identity: Identity;
  readonly address: string;
  readonly sinceMs: number;
  readonly abort: (reason: ProtocolError) => void;
}

/** If more photographs were decoded at once, the bridge's own threads would get no processor time. */
const MOST_PROCESSES = 4;

/** The photographs that are in work over HTTP, and what they share: processes, disk, places. */
export class FixDesk {
  readonly #memberships: Memberships;
  readonly #photos: PhotoPool;
  readonly #disk: PixelBudget;
  readonly #open = new Map<string, OpenRequest>();
  #requestsEver = 0;
  #onEmpty: () => void = () => undefined;

  constructor({ limits, times, clock }: ServerSettings, memberships: Memberships) {
    this.#memberships = memberships;
    const processes = limits.photoProcesses ?? Math.min(MOST_PROCESSES, availableParallelism());
    this.#photos = new PhotoPool({ processes, queueLimit: limits.queueLimit, timeoutMs: times.photoTimeoutMs });
    const { maxUploadBytesInAll: totalBytes, maxUploadBytesPerUser: userBytes } = limits;
    this.#disk = new PixelBudget({ totalBytes, userBytes }, 'room on its disk');
    removeStaleFolders(clock.nowMs()).catch(() => undefined);
  }

  get uploadBytes(): number {
    return this.#disk.usedBytes;
  }

  get open(): readonly OpenRequest[] {
    return [...this.#open.values()];
  }

  /**
   * Fixes the photograph in a request's body and answers with it.
   *
   * @throws ProtocolError `TOO_MANY_CONNECTIONS`, and as `HttpFix.run`
   */
  async fix({ onEntered, ...order }: FixOrder): Promise<void> {
    const { identity, address, settings } = order;
    const account = this.#memberships.enter(identity, address);
    const id = `h${++this.#requestsEver}`;
    try {
      onEntered();
      const fixing = new HttpFix({ ...order, requestId: id, account, photos: this.#photos, disk: this.#disk });
      const abort = (reason: ProtocolError): void => fixing.abort(reason);
      this.#open.set(id, { id, identity, address, sinceMs: settings.clock.nowMs(), abort });
      await fixing.run();
    } finally {
      this.#open.delete(id);
      this.#memberships.leave(account);
      if (this.#open.size === 0) this.#onEmpty();
    }
  }

  /** Resolves when nothing is in work any more. */
  async empty(): Promise<void> {
    if (this.#open.size > 0) await new Promise<void>((resolve) => (this.#onEmpty = resolve));
  }

  /** Ends what is in work. */
  abort(): void {
    for (const { abort } of this.open) abort(new ProtocolError('SHUTTING_DOWN', 'the bridge is shutting down'));
  }

  /** Waits for what is in work and ends the processes. */
  async close(): Promise<void> {
    await this.empty();
    await this.#photos.close();
  }
}
