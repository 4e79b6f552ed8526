import { createContext, runInContext } from 'node:vm';
import { realmScript } from '../realm-script.ts';

/** How a realm differs from UXP as it probably is. */
export interface UxpRealmOptions {
  /** Whether WebAssembly memory may be shared; nobody knows of UXP. */
  readonly sharedMemory: boolean;
  readonly webAssembly?: 'works' | 'absent' | 'without memory';
}

/**
 * A JavaScript realm with the limits of UXP's engine: no code from strings, no Worker, no TextDecoder, no fetch, no ES modules,
 * WebAssembly only synchronously, and a `process` that is not Node's. Scripts are CommonJS.
 */
export class UxpRealm {
  readonly #context: object;

  constructor({ sharedMemory, webAssembly = 'works' }: UxpRealmOptions) {
    const globals = {
      console,
      setTimeout,
      clearTimeout,
      process: { version: 'v16', versions: { node: '16', v8: '9' } },
    };
    this.#context = createContext(globals, { codeGeneration: { strings: false, wasm: true } });
    runInContext(LIMITS, this.#context);
    if (!sharedMemory) runInContext(NO_SHARED_MEMORY, this.#context);
    if (webAssembly === 'absent') runInContext('delete globalThis.WebAssembly', this.#context);
    if (webAssembly === 'without memory') runInContext(NO_MEMORY, this.#context);
  }

  /** Evaluates a CommonJS script and returns its exports. */
  require(source: string): unknown {
    return runInContext(realmScript(source), this.#context);
  }

  /** A global as code in the realm sees it. */
  typeOf(name: string): unknown {
    return runInContext(`typeof ${name}`, this.#context);
  }
}

const LIMITS = `
  const refuse = async () => { throw new WebAssembly.CompileError('asynchronous compilation is not allowed'); };
  WebAssembly.instantiate = refuse;
  WebAssembly.compile = refuse;
  delete WebAssembly.instantiateStreaming;
  delete WebAssembly.compileStreaming;
`;

// An engine without threads refuses the memory as well as a module that asks for one: limits with bit 2 ("shared").
const NO_SHARED_MEMORY = `
  delete globalThis.SharedArrayBuffer;
  delete globalThis.Atomics;
  {
    const { Memory, Module } = WebAssembly;
    WebAssembly.Memory = class {
      constructor(descriptor) {
        if (descriptor.shared) throw new TypeError('shared memory is not enabled');
        return new Memory(descriptor);
      }
    };
    WebAssembly.Module = class {
      constructor(bytes) {
        const module = new Module(bytes);
        const asks = Module.imports(module).some(({ kind }) => kind === 'memory') && importsSharedMemory(new Uint8Array(bytes));
        if (asks) throw new WebAssembly.CompileError('invalid memory limits flags 0x3 (enable with threads)');
        return module;
      }
    };
    // onnxruntime-web imports its memory as "a" "a".
    const importsSharedMemory = (bytes) => {
      for (let i = 8; i < 8192; i++) {
        const isImport = bytes[i] === 1 && bytes[i + 1] === 97 && bytes[i + 2] === 1 && bytes[i + 3] === 97 && bytes[i + 4] === 2;
        if (isImport) return (bytes[i + 5] & 2) !== 0;
      }
      throw new Error('the memory import was not found');
    };
  }
`;

const NO_MEMORY = `
  WebAssembly.Memory = class {
    constructor() { throw new RangeError('WebAssembly.Memory(): could not allocate memory'); }
  };
`;
