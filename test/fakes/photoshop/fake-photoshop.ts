import { GRAY_PROFILES, RGB_PROFILES } from './color-conversion.ts';
import { renderDocument } from './compositor.ts';
import { batchPlay } from './fake-batch-play.ts';
import { createApp } from './fake-dom.ts';
import type { FakeDocument, FakeDocumentOptions } from './fake-document.ts';
import { createImaging } from './fake-imaging.ts';
import { FakeSession, type SessionOptions } from './fake-session.ts';
import { FakeUxp, type UxpOptions } from './fake-uxp.ts';
import { createSamples, toCode, type Samples } from './surface.ts';
import type { LayerState } from './layer-state.ts';

export interface FakeOptions extends SessionOptions, UxpOptions {
  readonly documents?: readonly FakeDocumentOptions[];
  /** Pixels of the main display for one of the panel's. Default: 1. */
  readonly displayScale?: number;
  /** Leaves the imaging API out, as before 24.4. */
  readonly hasImaging?: boolean;
  /** `host.data.enableMenuRecording` of the manifest: menu commands become steps of their own. Default: false. */
  readonly recordsMenuCommands?: boolean;
  /** Leaves `recordAction` out, as before 25.0. */
  readonly hasRecordAction?: boolean;
  /** UXP's `ImageBlob`. Default: one that checks its arguments. */
  readonly hasImageBlob?: boolean;
  /** Where handlers of recorded actions live. Default: this realm's `globalThis`. */
  readonly pluginGlobal?: object;
}

/** A strict stand-in for Photoshop: what `require` gives, and what only a test can do or see. */
export interface FakePhotoshop {
  /** `require('photoshop')`, `require('uxp')`, `require('os')`. */
  readonly photoshop: object;
  readonly uxp: object;
  readonly os: object;
  /** UXP's globals that the host uses. */
  readonly globals: object;
  readonly control: FakeControl;
}

export interface RecordedStep {
  readonly name: string;
  readonly methodName: string;
  info: unknown;
  /** A recorded menu command instead: it has no parameters, and nobody waits for what it starts. */
  readonly command?: string;
}

/** What a user, another plugin or a test does. */
export class FakeControl {
  readonly session: FakeSession;
  readonly uxp: FakeUxp;
  /** Message boxes that were shown. */
  readonly alerts: string[] = [];
  /** Steps of the action being recorded. */
  readonly recorded: RecordedStep[] = [];
  isRecording = false;
  readonly #pluginGlobal: object;

  constructor(session: FakeSession, uxp: FakeUxp, pluginGlobal: object) {
    this.session = session;
    this.uxp = uxp;
    this.#pluginGlobal = pluginGlobal;
  }

  get documents(): readonly FakeDocument[] {
    return this.session.documents;
  }

  open(options: FakeDocumentOptions): FakeDocument {
    return this.session.open(options);
  }

  close(documentId: number): void {
    this.session.close(documentId);
  }

  /** By title or id. */
  document(which: string | number): FakeDocument {
    const found = this.documents.find(({ id, title }) => id === which || title === which);
    if (found === undefined) throw new Error(`there is no document ${which}`);
    return found;
  }

  /** The user does something undoable. */
  touch(which: string | number, name = 'Brush Tool'): void {
    const document = this.document(which);
    document.addHistoryState(name);
    this.session.notify('historyStateChanged', { documentID: document.id });
  }

  /** The user clicks a layer's eye: an event, and no history state. */
  toggleEye(which: string | number, name: string): void {
    const layer = this.layer(which, name);
    layer.visible = !layer.visible;
    this.session.notify(layer.visible ? 'show' : 'hide', { documentID: this.document(which).id });
  }

  /** Somebody else is modal for the next attempts. */
  block(by: string, attempts: number): void {
    this.session.modal.blocker = { by, attempts };
  }

  /** The merged picture as Photoshop would show it: interleaved colours in the document's own codes. */
  composite(which: string | number): Samples {
    const { state, canvas } = this.document(which);
    const { values } = renderDocument(state, canvas, this.session.options);
    const bits = state.bits === 1 ? 8 : state.bits;
    const samples = createSamples(bits, values.length);
    values.forEach((value, i) => {
      samples[i] = toCode(value, bits);
    });
    return samples;
  }

  layer(which: string | number, name: string): LayerState {
    const document = this.document(which);
    const found = [...eachLayerOf(document.state.layers)].find((layer) => layer.name === name);
    if (found === undefined) throw new Error(`there is no layer "${name}" in ${document.title}`);
    return found;
  }

  /** Photoshop plays a step that was recorded. @throws Error as "Script action failed." if there is no such global function */
  async play(step: RecordedStep): Promise<void> {
    if (step.command !== undefined) {
      await this.uxp.runCommand(step.command);
      return;
    }
    const method: unknown = Reflect.get(this.#pluginGlobal, step.methodName);
    if (typeof method !== 'function') throw new Error('Script action failed.');
    this.session.modal.isPlayingAction = true;
    try {
      const info: unknown = await (method as (context: object, info: unknown) => unknown)(
        {},
        structuredClone(step.info),
      );
      if (info !== undefined) step.info = structuredClone(info);
    } finally {
      this.session.modal.isPlayingAction = false;
    }
  }

  /**
   * File ▸ Automate ▸ Batch: opens each file, plays the action, saves and closes.
   *
   * @returns what was saved: the merged pictures, in the order of the files
   */
  async playBatch(steps: readonly RecordedStep[], files: readonly FakeDocumentOptions[]): Promise<Samples[]> {
    const saved: Samples[] = [];
    for (const file of files) {
      const { id } = this.open(file);
      for (const step of steps) await this.play(step);
      saved.push(this.composite(id));
      this.close(id);
    }
    return saved;
  }

  /** Photoshop holds pixels that nobody has freed. */
  get leakedImageData(): number {
    return this.session.ledger.live.size;
  }
}

function* eachLayerOf(layers: readonly LayerState[]): Generator<LayerState> {
  for (const layer of layers) {
    yield layer;
    if (layer.children) yield* eachLayerOf(layer.children);
  }
}

/** Starts a Photoshop with these documents open; the last one is active. */
export function createFakePhotoshop(options: FakeOptions = {}): FakePhotoshop {
  const session = new FakeSession(options);
  const uxp = new FakeUxp(options);
  const pluginGlobal = options.pluginGlobal ?? globalThis;
  const control = new FakeControl(session, uxp, pluginGlobal);
  uxp.onCommand = (command) => {
    if (!control.isRecording || options.recordsMenuCommands !== true) return;
    control.recorded.push({ name: 'Plugin Menu Command', methodName: '', info: {}, command });
  };
  for (const document of options.documents ?? []) session.open(document);
  return {
    photoshop: {
      app: Object.assign(createApp(session), {
        getColorProfiles: (mode: string) => (mode === 'Gray' ? GRAY_PROFILES : RGB_PROFILES),
      }),
      core: createCore(session, control, options),
      action: createAction(session, control, options),
      ...(options.hasImaging !== false && { imaging: createImaging(session) }),
    },
    uxp: uxp.createModule(),
    os: { platform: () => uxp.platform },
    globals: createGlobals(uxp, options),
    control,
  };
}

function createCore(session: FakeSession, control: FakeControl, { displayScale = 1 }: FakeOptions): object {
  return {
    apiVersion: 2,
    isModal: () => session.modal.isModal,
    executeAsModal: async (target: unknown, options: unknown) => {
      await session.begin('executeAsModal');
      return session.modal.executeAsModal(target, options);
    },
    getDisplayConfiguration: async () => [{ isPrimary: true, scaleFactor: displayScale }],
    showAlert: async (options: string | { message: string }) => {
      control.alerts.push(typeof options === 'string' ? options : options.message);
    },
  };
}

function createAction(session: FakeSession, control: FakeControl, { hasRecordAction = true }: FakeOptions): object {
  return {
    batchPlay: (commands: unknown, options: unknown) => batchPlay(session, commands, options),
    addNotificationListener: async (
      events: readonly string[],
      listener: (event: string, descriptor: object) => void,
    ) => {
      session.listen(events, listener);
    },
    removeNotificationListener: async (
      events: readonly string[],
      listener: (event: string, descriptor: object) => void,
    ) => {
      session.unlisten(events, listener);
    },
    ...(hasRecordAction && {
      recordAction: async ({ name, methodName }: { name: string; methodName: string }, info: unknown) => {
        if (typeof info !== 'object' || info === null) throw new TypeError('recordAction needs an info object');
        if (!control.isRecording) throw new Error('no action is being recorded');
        control.recorded.push({ name, methodName, info: structuredClone(info) });
      },
    }),
  };
}

function createGlobals(uxp: FakeUxp, { hasImageBlob = true }: FakeOptions): object {
  let nextUrl = 1;
  return {
    platform: uxp.platform,
    onUxpCommand: (listener: (commandId: string) => void) => uxp.commandListeners.add(listener),
    localStorage: uxp.createLocalStorage(),
    ...(hasImageBlob && {
      ImageBlob: FakeImageBlob,
      createObjectURL: (blob: unknown) => {
        if (!(blob instanceof FakeImageBlob)) throw new TypeError('createObjectURL needs a blob');
        const url = `blob:fake/${nextUrl++}`;
        uxp.objectUrls.add(url);
        return url;
      },
      revokeObjectURL: (url: string) => {
        uxp.objectUrls.delete(url);
      },
    }),
  };
}

/** UXP's `ImageBlob` of uncompressed pixels: refuses a buffer of the wrong size. */
class FakeImageBlob {
  readonly pixels: ArrayBuffer;
  readonly width: number;
  readonly height: number;

  constructor(pixels: unknown, options: Readonly<Record<string, unknown>>) {
    const { type, width, height, components, componentSize } = options;
    if (!(pixels instanceof ArrayBuffer)) throw new TypeError('ImageBlob needs an ArrayBuffer');
    if (type !== 'image/uncompressed' || typeof width !== 'number' || typeof height !== 'number')
      throw new Error('ImageBlob: options');
    const needed = width * height * Number(components) * (Number(componentSize) / 8);
    if (pixels.byteLength !== needed) throw new Error(`ImageBlob has ${pixels.byteLength} bytes, needs ${needed}`);
    this.pixels = pixels;
    this.width = width;
    this.height = height;
  }
}
