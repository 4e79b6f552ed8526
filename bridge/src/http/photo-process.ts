import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type Correction, errorFrom, ModelError, onCancel, serializeCorrection } from '@evenlight/models';
import { isWireErrorCode, ProtocolError } from '@evenlight/protocol';
import { startChild } from '@evenlight/runtime';
import { BridgeError, isBridgeErrorCode } from '../errors.ts';
import type { FixedPhoto } from '../fix/fix-photo.ts';
import type { PhotoCommand, PhotoOrder, PhotoReport } from './photo-messages.ts';

type Question = Extract<PhotoReport, { type: 'predict' | 'tiles' }>;

/** What a photograph needs of the bridge. */
export interface PhotoNetworks {
  predict(question: Extract<Question, { type: 'predict' }>): Promise<Correction>;
  /** Runs tiles with the model that cleans noise. */
  runTiles(question: Extract<Question, { type: 'tiles' }>): Promise<Float32Array>;
}

/** How much of the process' output is kept for the log. */
const OUTPUT_TAIL_CHARACTERS = 1000;

/** A child process that fixes one photograph at a time. */
export class PhotoProcess {
  readonly #child: ChildProcess;
  readonly exited: Promise<unknown>;
  #outputTail = '';
  #isAlive = true;

  constructor() {
    this.#child = startChild(new URL('./photo-worker.ts', import.meta.url));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#outputTail = (this.#outputTail + text).slice(-OUTPUT_TAIL_CHARACTERS);
      });
    }
    this.#child.on('error', () => undefined);
    this.exited = once(this.#child, 'close').finally(() => {
      this.#isAlive = false;
    });
    this.exited.catch(() => undefined);
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** At once, wherever a decoder is. */
  end(): void {
    this.#isAlive = false;
    this.#child.kill('SIGKILL');
  }

  /**
   * @param signal ends the process
   * @throws BridgeError, ProtocolError, ModelError: what the photograph, or the network, failed with
   */
  async fix(order: PhotoOrder, networks: PhotoNetworks, signal: AbortSignal): Promise<FixedPhoto> {
    const stopListening = onCancel(signal, () => this.end());
    try {
      return await this.#fix(order, networks);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      stopListening();
    }
  }

  async #fix(order: PhotoOrder, networks: PhotoNetworks): Promise<FixedPhoto> {
    let networkFailure: Error | undefined;
    const died = this.exited.then(
      () => this.#death(),
      () => this.#death(),
    );
    const report = await new Promise<Exclude<PhotoReport, Question> | BridgeError>((resolve) => {
      void died.then(resolve);
      // The only sender is photo-worker.ts, which is typed by the same PhotoReport.
      const receive = (message: PhotoReport): void => {
        if (message.type !== 'predict' && message.type !== 'tiles') {
          this.#child.off('message', receive);
          resolve(message);
          return;
        }
        answerTo(message, networks).then(
          (answer) => this.#send(answer),
          (error: unknown) => {
            networkFailure = errorFrom(error);
            this.#send({ type: 'no-answer', code: 'FAILED', message: 'the network failed' });
          },
        );
      };
      this.#child.on('message', receive);
      this.#send({ type: 'fix', order });
    });
    if (networkFailure !== undefined) throw networkFailure;
    if (report instanceof BridgeError) throw report;
    if (report.type === 'failed') throw errorOf(report, order);
    return report.photo;
  }

  #send(command: PhotoCommand): void {
    // A process that has ended is reported by `exited`.
    if (this.#child.connected) this.#child.send(command, () => undefined);
  }

  #death(): BridgeError {
    const { exitCode, signalCode } = this.#child;
    const how = signalCode === null ? `exit code ${exitCode}` : signalCode;
    return new BridgeError(
      'PHOTO_PROCESS_DIED',
      `the process that reads photographs ended (${how}): ${this.#outputTail}`,
    );
  }
}

async function answerTo(question: Question, networks: PhotoNetworks): Promise<PhotoCommand> {
  if (question.type === 'tiles') return { type: 'tiles', output: await networks.runTiles(question) };
  return { type: 'correction', bytes: serializeCorrection(await networks.predict(question)) };
}

function errorOf(
  { from, code, message }: Extract<PhotoReport, { type: 'failed' }>,
  { input, output }: PhotoOrder,
): Error {
  const text = message.replaceAll(input, 'the photograph').replaceAll(output, 'the result');
  if (from === 'bridge' && isBridgeErrorCode(code)) return new BridgeError(code, text);
  if (from === 'wire' && isWireErrorCode(code)) return new ProtocolError(code, text);
  if (from === 'model') return new ModelError('BAD_IMAGE', text);
  return new Error(message);
}
