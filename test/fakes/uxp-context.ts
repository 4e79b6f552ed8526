import { createContext, runInContext } from 'node:vm';
import type { FakePhotoshop } from './photoshop/fake-photoshop.ts';
import { realmScript } from './realm-script.ts';

/** Objects that cross between the plugin and the fake: `instanceof` must mean the same on both sides, as it does in UXP. */
const SHARED = {
  ArrayBuffer,
  DataView,
  Uint8Array,
  Uint16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  Error,
};

export interface UxpContext {
  /** Evaluates a script as the plugin's page does: CommonJS, `require` serves the fake Photoshop. */
  run(source: string): void;
  /** Modules that the script asked for, in order. */
  readonly required: readonly string[];
  /** A global as the plugin sees it. */
  typeOf(name: string): string;
}

/**
 * A JavaScript realm with UXP's language limits: code from strings is refused; there is no TextEncoder, TextDecoder, Worker,
 * matchMedia, fetch or document, and no Node. The plugin's globals are put on `pluginGlobal`, where the fake looks for handlers of
 * recorded actions: hand the same object to `createFakePhotoshop`.
 */
export function createUxpContext(fake: FakePhotoshop, pluginGlobal: object): UxpContext {
  const required: string[] = [];
  const modules = new Map<string, object>([
    ['photoshop', fake.photoshop],
    ['uxp', fake.uxp],
    ['os', fake.os],
  ]);
  const require = (name: string): object => {
    required.push(name);
    const found = modules.get(name);
    if (found === undefined) throw new Error(`Cannot find module '${name}'`);
    return found;
  };
  const { localStorage } = fake.globals as { readonly localStorage: object };
  Object.assign(pluginGlobal, SHARED, {
    console,
    setTimeout,
    clearTimeout,
    localStorage,
    require,
    WebSocket: UnreachableSocket,
  });
  const context = createContext(pluginGlobal, { codeGeneration: { strings: false, wasm: true } });
  runInContext('globalThis.window = globalThis; delete globalThis.WebAssembly;', context);
  return {
    required,
    run(source) {
      runInContext(realmScript(source), context, { filename: 'main.js' });
    },
    typeOf: (name) => String(runInContext(`typeof ${name}`, context)),
  };
}

/** Nobody listens. */
class UnreachableSocket {
  readonly bufferedAmount = 0;
  binaryType = 'blob';
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: (() => void) | null = null;
  onerror: ((event: object) => void) | null = null;
  onclose: ((event: object) => void) | null = null;

  constructor() {
    queueMicrotask(() => {
      this.readyState = 3;
      this.onerror?.({});
      this.onclose?.({ code: 1006, reason: '', wasClean: false });
    });
  }

  send(): void {
    throw new Error('the socket is not open');
  }

  close(): void {
    this.readyState = 3;
  }
}
