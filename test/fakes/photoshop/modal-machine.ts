import type { FakeDocument } from './fake-document.ts';
import { snapshot, type DocumentState } from './layer-state.ts';

/** An error as Photoshop's API throws them: not always an instance of a class that anybody knows. */
export function photoshopError(message: string, number: number): Error {
  return Object.assign(new Error(message), { number });
}

const ERROR_HOST_MODAL = 9;
const ERROR_CANCELLED = -128;
/** What `suspendHistory` answers while an action is played. */
const NO_SUSPENSION = 4294967295;

interface Suspension {
  readonly document: FakeDocument;
  readonly name: string;
  readonly before: DocumentState;
}

/** Somebody else's modal state. */
export interface Blocker {
  readonly by: string;
  /** How many attempts it lasts. */
  attempts: number;
}

interface Scope {
  onCancel: ((argument: { reason: string }) => void) | undefined;
}

/** `core.executeAsModal` and what it guards: scopes, cancelling, suspended histories. */
export class ModalMachine {
  blocker: Blocker | undefined;
  /** While an action is played histories cannot be suspended. */
  isPlayingAction = false;
  /** Since 25.10 Photoshop names who blocks. */
  namesBlocker = true;
  /** Values that were reported. The first one of a scope makes Photoshop's progress window appear at once. */
  readonly progress: number[] = [];
  isCancelled = false;
  #scopes: Scope[] = [];
  #suspensions = new Map<number, Suspension>();
  #nextSuspension = 1;

  get isModal(): boolean {
    return this.#scopes.length > 0;
  }

  /** @throws Error outside of a modal scope, and after the user has cancelled */
  require(what: string): void {
    if (!this.isModal) {
      throw new Error(
        `${what} may modify the state of Photoshop. Such events are only allowed from inside a modal scope`,
      );
    }
    if (this.isCancelled) throw photoshopError('User cancelled the operation', ERROR_CANCELLED);
  }

  /** The user presses Escape or Cancel. */
  cancel(): void {
    if (!this.isModal) throw new Error('there is nothing to cancel');
    this.isCancelled = true;
    for (const { onCancel } of this.#scopes) onCancel?.({ reason: 'userCancel' });
  }

  async executeAsModal(target: unknown, options: unknown): Promise<unknown> {
    if (typeof target !== 'function') throw new TypeError('targetFunction is no function');
    const { commandName, descriptor, ...rest } = options as Record<string, unknown>;
    if (typeof commandName !== 'string' || commandName === '') throw new TypeError('commandName is missing');
    for (const key of Object.keys(rest)) {
      if (!['interactive', 'timeOut'].includes(key)) throw new TypeError(`executeAsModal has no option ${key}`);
    }
    this.#refuseIfBlocked();
    const scope: Scope = { onCancel: undefined };
    if (!this.isModal) this.isCancelled = false;
    this.#scopes.push(scope);
    let failure: string;
    try {
      const run = target as (context: object, descriptor: unknown) => unknown;
      const result: unknown = await run(this.#context(scope), descriptor);
      this.#leave(scope, true);
      return result;
    } catch (error) {
      this.#leave(scope, false);
      failure = error instanceof Error ? error.message : String(error);
    }
    // The class and the fields of an error do not survive the way out.
    throw new Error(failure);
  }

  #refuseIfBlocked(): void {
    const { blocker } = this;
    if (blocker === undefined || this.isModal) return;
    blocker.attempts--;
    if (blocker.attempts <= 0) this.blocker = undefined;
    const message = this.namesBlocker ? `Plugin: ${blocker.by} is running a modal command` : 'host is in a modal state';
    throw photoshopError(message, ERROR_HOST_MODAL);
  }

  #context(scope: Scope): object {
    const isCancelled = (): boolean => this.isCancelled;
    const check = (): void => {
      if (!this.#scopes.includes(scope)) throw new Error('the modal scope has ended');
    };
    return {
      get isCancelled() {
        return isCancelled();
      },
      get onCancel() {
        return scope.onCancel;
      },
      set onCancel(callback: Scope['onCancel']) {
        scope.onCancel = callback;
      },
      reportProgress: ({ value }: { value?: number }) => {
        check();
        if (value !== undefined && !(value >= 0 && value <= 1)) throw new Error(`progress is ${value}`);
        if (value !== undefined) this.progress.push(value);
      },
      hostControl: {
        suspendHistory: async (options: { documentID: number; name: string }) => {
          check();
          this.require('suspendHistory');
          return this.#suspend(options);
        },
        resumeHistory: async (id: number, commit = true) => {
          check();
          this.require('resumeHistory');
          this.#resume(id, commit);
        },
      },
    };
  }

  /** Set by the fake: which documents are open. */
  findDocument: (id: number) => FakeDocument = () => {
    throw new Error('no documents');
  };

  #suspend({ documentID, name }: { documentID: number; name: string }): number {
    if (typeof name !== 'string' || name === '') throw new Error('a suspended history needs a name');
    const document = this.findDocument(documentID);
    if (this.isPlayingAction) return NO_SUSPENSION;
    if (document.isSuspended) throw new Error(`the history of document ${documentID} is suspended already`);
    const id = this.#nextSuspension++;
    this.#suspensions.set(id, { document, name, before: snapshot(document.state) });
    document.isSuspended = true;
    document.isModified = false;
    return id;
  }

  #resume(id: number, commit: boolean): void {
    const suspension = this.#suspensions.get(id);
    if (suspension === undefined) throw new Error(`there is no suspended history ${id}`);
    this.#suspensions.delete(id);
    const { document, name, before } = suspension;
    document.isSuspended = false;
    if (!commit) document.state = before;
    else if (document.isModified) document.addHistoryState(name);
  }

  #leave(scope: Scope, commit: boolean): void {
    this.#scopes = this.#scopes.filter((other) => other !== scope);
    if (this.isModal) return;
    for (const id of [...this.#suspensions.keys()]) this.#resume(id, commit);
    this.isCancelled = false;
  }
}
