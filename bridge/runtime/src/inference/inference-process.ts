import type { ChildProcess } from 'node:child_process';
import { Readable } from 'node:stream';
import { RuntimeError } from '../errors.ts';
import type { EngineInfo, NetworkFolder, RuntimeKind } from '../tfjs/runtime.ts';
import { startChild } from '../workers/start-child.ts';
import type { InferenceCommand, InferenceReport, InferenceRequest } from './inference-messages.ts';
import { watchLife } from './life-watch.ts';

export interface InferenceProcessOptions {
  readonly kind: RuntimeKind;
  readonly models: readonly NetworkFolder[];
  /** Variables for the child process: they select the device and configure the runtime. */
  readonly environment: Readonly<Record<string, string>>;
  /** The process is killed when one prediction takes longer. */
  readonly timeoutMs: number;
}

/**
 * The most time for loading, checking and warming up. It is long because a GPU that is newer than the library compiles its
 * kernels in the first run, which takes minutes (tensorflow/tensorflow#39052), but only once.
 */
const START_TIMEOUT_MS = 600_000;

/** The descriptor of the heartbeat: the first after those of the output and the IPC channel. */
const HEARTBEAT_DESCRIPTOR = 4;

interface PendingAnswer {
  readonly resolve: (report: InferenceReport) => void;
  readonly reject: (error: RuntimeError) => void;
}

/** How much of the process' output is kept for the error message. */
const OUTPUT_TAIL_CHARACTERS = 2000;

/**
 * A child process with a runtime and its models, loaded and warmed up. When the process dies, all pending promises reject with
 * `RUNTIME_CRASHED`, and the object cannot be used any more.
 */
export class InferenceProcess {
  readonly #options: InferenceProcessOptions;
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, PendingAnswer>();
  readonly #exited: Promise<void>;
  readonly #died: Promise<RuntimeError>;
  #onDied: (error: RuntimeError) => void = () => undefined;
  #stopWatch: () => void = () => undefined;
  #nextId = 1;
  #outputTail = '';
  #death: string | undefined;

  /** Starts the process; {@link ready} resolves when it can predict. */
  constructor(options: InferenceProcessOptions) {
    this.#options = options;
    this.#died = new Promise((resolve) => {
      this.#onDied = resolve;
    });
    const { environment } = options;
    this.#child = startChild(new URL('./inference-entry.ts', import.meta.url), { environment, pipes: 1 });
    const beats = this.#child.stdio[HEARTBEAT_DESCRIPTOR];
    if (beats instanceof Readable) {
      this.#stopWatch = watchLife(beats, (silentMs) => {
        this.#end(`gave no sign of life for ${silentMs} ms and was ended`);
      });
    }
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#outputTail = (this.#outputTail + text).slice(-OUTPUT_TAIL_CHARACTERS);
      });
    }
    // Only inference-entry.ts sends, and the type InferenceReport checks what it sends.
    this.#child.on('message', (report: InferenceReport) => {
      this.#onReport(report);
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#onDeath(`could not be started: ${error.message}`);
        if (this.#child.pid === undefined) resolve();
      });
      // 'close', not 'exit': by then the last output has been read.
      this.#child.once('close', (exitCode, signal) => {
        this.#onDeath(signal === null ? `ended with exit code ${exitCode}` : `was ended by ${signal}`);
        resolve();
      });
    });
  }

  /**
   * Resolves when the models are loaded and have run once. Call it once.
   *
   * @throws RuntimeError `RUNTIME_UNAVAILABLE`, `RUNTIME_CRASHED`, `MODEL_CHECKSUM`, `MODEL_INVALID`
   */
  async ready(): Promise<EngineInfo> {
    const { kind, models } = this.#options;
    const report = await this.#ask(0, { type: 'start', kind, models }, START_TIMEOUT_MS);
    if (report.type === 'ready') return report.info;
    await this.stop();
    throw failure(report);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isAlive(): boolean {
    return this.#death === undefined;
  }

  /** Resolves with a `RUNTIME_CRASHED` error that gives the reason when the process has died, or was ended because it did not answer. */
  get died(): Promise<RuntimeError> {
    return this.#died;
  }

  /**
   * @returns the answer that the request's type describes
   * @throws RuntimeError `RUNTIME_CRASHED`, `RUNTIME_FAILED`, `MODEL_NOT_FOUND`, `BAD_INPUT`
   */
  async run(request: InferenceRequest, timeoutMs = this.#options.timeoutMs): Promise<Uint8Array> {
    const id = this.#nextId++;
    const report = await this.#ask(id, { type: 'run', id, request }, timeoutMs);
    if (report.type === 'answer') return report.bytes;
    throw failure(report);
  }

  /** Resident memory: now, and the peak so far. */
  async memory(): Promise<{ readonly residentBytes: number; readonly peakBytes: number }> {
    const id = this.#nextId++;
    const report = await this.#ask(id, { type: 'memory', id });
    if (report.type === 'memory') return report;
    throw failure(report);
  }

  /** Ends the process; resolves when it is gone. */
  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  #ask(id: number, command: InferenceCommand, timeoutMs = this.#options.timeoutMs): Promise<InferenceReport> {
    return new Promise((resolve, reject) => {
      if (this.#death !== undefined) {
        reject(this.#crash(this.#death));
        return;
      }
      const timer = setTimeout(() => {
        this.#end(`did not answer within ${timeoutMs} ms and was ended`);
      }, timeoutMs);
      this.#pending.set(id, {
        resolve: (report) => {
          clearTimeout(timer);
          resolve(report);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      // Sending fails when the process is about to end. Its 'close' event then rejects the promise, with the process' last
      // output.
      this.#child.send(command, () => undefined);
    });
  }

  #onReport(report: InferenceReport): void {
    const id = 'id' in report ? report.id : 0;
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.resolve(report);
  }

  #end(reason: string): void {
    this.#onDeath(reason);
    this.#child.kill('SIGKILL');
  }

  #onDeath(reason: string): void {
    this.#death ??= reason;
    this.#stopWatch();
    this.#onDied(this.#crash(this.#death));
    for (const pending of this.#pending.values()) pending.reject(this.#crash(this.#death));
    this.#pending.clear();
  }

  #crash(reason: string): RuntimeError {
    const words = lastWords(this.#outputTail);
    const quoted = words === '' ? '' : `; its last words: ${words}`;
    return new RuntimeError('RUNTIME_CRASHED', `the inference process (pid ${this.pid}) ${reason}${quoted}`);
  }
}

/** The line of a process' output that says most about why it ended. */
function lastWords(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.filter((line) => /error|fatal|abort|fail/i.test(line)).at(-1);
  return (telling ?? lines.at(-1) ?? '').trim().slice(0, 300);
}

function failure(report: InferenceReport): RuntimeError {
  if (report.type === 'error' || report.type === 'failed') return new RuntimeError(report.code, report.message);
  throw new Error(`the inference process answered "${report.type}"`);
}
