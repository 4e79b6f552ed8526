import type { ProxyImage, Steps } from '@evenlight/models';
import type { Clock } from '@evenlight/protocol';
import { base64Steps, bytesSteps } from '../../encoding/base64.ts';
import { EngineError } from '../../errors.ts';
import type { ReadPluginFile } from '../../engine.ts';
import { stepsInSlices } from '../../pacing/steps-in-slices.ts';
import { asEngineError } from '../local/engine-failure.ts';
import {
  FILE_PART_BYTES,
  type PageAnswer,
  type PageMessage,
  type PanelMessage,
  parsePageMessage,
  type PictureMessage,
} from './messages.ts';
import type { OpenFrame, WebviewFrame } from './webview-frame.ts';

/** A message that wants an answer, before it has its id. */
type PageRequest = PanelMessage extends infer Message
  ? Message extends { readonly id: number }
    ? Omit<Message, 'id'>
    : never
  : never;

interface Pending {
  readonly resolve: (answer: PageAnswer) => void;
  readonly reject: (error: EngineError) => void;
}

/** What the connection needs from outside. */
export interface PageParts {
  readonly openFrame: OpenFrame;
  /** For what the page cannot fetch by itself. */
  readonly readFile: ReadPluginFile;
  readonly clock: Clock;
}

/** The page that runs onnxruntime-web. */
const PAGE_FOLDER = 'engine';
const PAGE_FILE = `${PAGE_FOLDER}/page.html`;

/** Questions and answers over a webview's messages. It never gives up by itself: deadlines are the caller's. */
export class PageConnection {
  readonly #frame: WebviewFrame;
  readonly #parts: PageParts;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #announceReady: () => void = () => undefined;
  readonly #ready: Promise<void>;
  #failure: EngineError | undefined;

  constructor(parts: PageParts) {
    this.#parts = parts;
    this.#ready = new Promise((resolve) => {
      this.#announceReady = resolve;
    });
    this.#frame = parts.openFrame(PAGE_FILE, {
      onMessage: (message) => {
        const parsed = parsePageMessage(message);
        if (parsed !== undefined) this.#receive(parsed);
      },
      onFailure: (error) => this.#fail(error),
    });
  }

  /** Sends a message, once the page is ready, and waits for its answer. @throws EngineError `FAILED`, `OUT_OF_MEMORY`, … */
  async ask<Type extends PageAnswer['type']>(
    request: PageRequest,
    expected: Type,
  ): Promise<Extract<PageAnswer, { type: Type }>> {
    await this.#ready;
    if (this.#failure !== undefined) throw this.#failure;
    const id = ++this.#lastId;
    const answer = await new Promise<PageAnswer>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#frame.post({ ...request, id });
    });
    if (isAnswer(answer, expected)) return answer;
    if (answer.type === 'error') throw engineErrorOf(answer);
    throw new EngineError('FAILED', `the webview answered ${answer.type}, needs ${expected}`);
  }

  /** Sends a file under a name, in parts; between them Photoshop gets its turn. */
  async sendFile(name: string, bytes: Uint8Array): Promise<void> {
    const parts = Math.max(1, Math.ceil(bytes.length / FILE_PART_BYTES));
    for (let part = 0; part < parts; part++) {
      const start = part * FILE_PART_BYTES;
      const base64 = await stepsInSlices(base64Steps(bytes.subarray(start, start + FILE_PART_BYTES)), this.#parts);
      this.#post({ type: 'file', name, part, parts, base64 });
      await new Promise<void>((resolve) => {
        this.#parts.clock.setTimer(resolve, 0);
      });
    }
  }

  /** Closes the page; all waiting calls are rejected with `reason`. */
  close(reason: EngineError): void {
    this.#fail(reason);
    this.#frame.close();
  }

  #fail(reason: EngineError): void {
    this.#failure ??= reason;
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
    this.#announceReady();
  }

  #post(message: PanelMessage): void {
    this.#frame.post(message);
  }

  #receive(message: PageMessage): void {
    if (message.type === 'ready') {
      this.#announceReady();
    } else if (message.type === 'need-file') {
      void this.#answerWithFile(message.name);
    } else {
      this.#pending.get(message.id)?.resolve(message);
      this.#pending.delete(message.id);
    }
  }

  async #answerWithFile(name: string): Promise<void> {
    try {
      await this.sendFile(name, await this.#parts.readFile(`${PAGE_FOLDER}/${name}`));
    } catch {
      this.#post({ type: 'no-file', name }); // the page says what it needed the file for
    }
  }
}

function engineErrorOf({ code, message }: Extract<PageAnswer, { type: 'error' }>): EngineError {
  return code === 'FAILED' ? asEngineError(new Error(message)) : new EngineError(code, message);
}

function isAnswer<Type extends PageAnswer['type']>(
  answer: PageAnswer,
  type: Type,
): answer is Extract<PageAnswer, { type: Type }> {
  return answer.type === type;
}

/** A picture as a message, made in pieces. */
export function* pictureSteps(picture: ProxyImage): Steps<PictureMessage> {
  const { width, height, pixels } = picture;
  const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  return { width, height, base64: yield* base64Steps(bytes) };
}

/** Floats of a message, read in pieces. @throws EngineError `FAILED` */
export function* floatsSteps(base64: string): Steps<Float32Array> {
  try {
    return new Float32Array((yield* bytesSteps(base64)).buffer);
  } catch (cause) {
    throw new EngineError('FAILED', 'the webview answered with bytes that are no floats', { cause });
  }
}
