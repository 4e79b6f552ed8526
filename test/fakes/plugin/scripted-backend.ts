import type { ProxyImage } from '@evenlight/models';
import type { PredictOptions } from '@evenlight/plugin/src/engine.ts';
import type {
  LocalEngineName,
  OnnxBackend,
  OnnxBackendFactory,
  OnnxSession,
  SessionModel,
} from '@evenlight/plugin/src/engine/local/onnx-backend.ts';

/** A backend that answers as the test says. What is called may throw, or never come back. */
export class ScriptedBackend implements OnnxBackendFactory, OnnxBackend, OnnxSession {
  readonly name: LocalEngineName;
  readonly patienceMs = 1000;
  isRisky = false;
  opened = 0;
  disposed = 0;
  readonly pictures: ProxyImage[] = [];
  readonly sessions: string[] = [];

  onOpen: () => Promise<void> | void = () => undefined;
  onCreate: (model: SessionModel) => Promise<void> | void = () => undefined;
  answer: (picture: ProxyImage, options: PredictOptions) => Promise<Float32Array> | Float32Array;

  constructor(name: LocalEngineName, answer: ScriptedBackend['answer']) {
    this.name = name;
    this.answer = answer;
  }

  get description(): string {
    return `scripted ${this.name}`;
  }

  create(): OnnxBackend {
    return this;
  }

  async open(): Promise<void> {
    this.opened++;
    await this.onOpen();
  }

  async createSession(model: SessionModel): Promise<OnnxSession> {
    this.sessions.push(model.name);
    await this.onCreate(model);
    return { run: (picture, options) => this.run(picture, options), dispose: () => Promise.resolve() };
  }

  async run(picture: ProxyImage, options: PredictOptions): Promise<Float32Array> {
    this.pictures.push(picture);
    return this.answer(picture, options);
  }

  async dispose(): Promise<void> {
    this.disposed++;
  }
}

/** Never comes back. */
export function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}
