import type { ReceiveLimits, ServerMessage } from '@evenlight/protocol';
import type { UserClass } from '../access/access-control.ts';
import type { Account } from './accounts.ts';
import type { SessionSettings } from './server-options.ts';

/** What a job needs of the connection that it belongs to. */
export interface JobSession {
  readonly connectionId: string;
  readonly account: Account;
  readonly userClass: UserClass;
  readonly settings: SessionSettings;
  /** What the client can receive. */
  readonly peer: ReceiveLimits;
  readonly sendMessage: (message: ServerMessage) => void;
  readonly sendFrame: (frame: Uint8Array, written: () => void) => void;
  /** Resolves when the socket can take one more frame. */
  readonly readyToSend: () => Promise<void>;
}
