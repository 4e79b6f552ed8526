/**
 * What onnxruntime-web's WebAssembly glue finds in place of the host's globals. The build puts these names into its bundle
 * (esbuild `inject`), so that nothing outside of that bundle changes.
 *
 * UXP, as far as it is known: no asynchronous compilation of WebAssembly, no Worker, no TextDecoder, a `process` that makes
 * libraries believe in Node, and nobody knows whether memory can be shared. onnxruntime-web publishes one WebAssembly file, which
 * asks for shared memory even with a single thread (since 1.19). Where the host refuses it, the file is loaded with an ordinary
 * memory: its atomic instructions work on that too (WebAssembly threads proposal, "unshared memories"), and nobody waits.
 */
import { unshareMemory } from './unshare-memory.ts';

interface MemoryDescriptor {
  readonly initial: number;
  readonly maximum?: number;
  readonly shared?: boolean;
}

/** The host's own, of which the types of UXP know nothing. */
interface HostWebAssembly {
  readonly Memory: new (descriptor: MemoryDescriptor) => object;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => object;
  readonly RuntimeError: new (message: string) => Error;
  readonly validate: (bytes: Uint8Array) => boolean;
}

interface HostGlobals {
  readonly WebAssembly?: HostWebAssembly;
  readonly SharedArrayBuffer?: object;
  readonly Atomics?: object;
  readonly performance?: { now?: () => number };
}

const host: HostGlobals = globalThis;

/** Which kind of memory the network gets. */
export const memoryKind: 'shared' | 'ordinary' | 'none' = findMemoryKind();

function findMemoryKind(): typeof memoryKind {
  if (host.WebAssembly === undefined) return 'none';
  try {
    new host.WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    return host.SharedArrayBuffer === undefined ? 'ordinary' : 'shared';
  } catch {
    return 'ordinary'; // that it throws is the answer
  }
}

function hostWebAssembly(): HostWebAssembly {
  if (host.WebAssembly === undefined) throw new Error('there is no WebAssembly');
  return host.WebAssembly;
}

function createMemory(descriptor: MemoryDescriptor): object {
  const { Memory } = hostWebAssembly();
  if (memoryKind === 'shared') return new Memory(descriptor);
  const { initial, maximum } = descriptor;
  return new Memory(maximum === undefined ? { initial } : { initial, maximum });
}

/** Compiles and instantiates at once: UXP rejects the asynchronous way. */
async function instantiate(bytes: Uint8Array | ArrayBuffer, imports: object): Promise<object> {
  const binary = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  const { Module, Instance } = hostWebAssembly();
  const module = new Module(memoryKind === 'shared' ? binary : unshareMemory(binary));
  return { module, instance: new Instance(module, imports) };
}

export const WebAssembly = {
  // Called with `new`: a function that returns an object does as well as a class.
  Memory: function Memory(descriptor: MemoryDescriptor): object {
    return createMemory(descriptor);
  },
  instantiate,
  /** Asked about a few bytes, to see whether SIMD is there. */
  validate: (bytes: Uint8Array): boolean => hostWebAssembly().validate(bytes),
  get Instance() {
    return hostWebAssembly().Instance;
  },
  get RuntimeError() {
    return hostWebAssembly().RuntimeError;
  },
};

type Integers = Int32Array | Uint32Array;

/** With one thread a plain access is atomic. The host's own refuses to wait on memory that is not shared. */
export const Atomics = (memoryKind === 'shared' ? host.Atomics : undefined) ?? {
  load: (array: Integers, index: number) => array[index],
  store: (array: Integers, index: number, value: number) => (array[index] = value),
  exchange(array: Integers, index: number, value: number) {
    const old = array[index];
    array[index] = value;
    return old;
  },
  notify: () => 0,
  wait: () => 'not-equal',
};

const startMs = Date.now();

/** UXP's has no `timeOrigin`, which the glue converts to an integer without asking. */
export const performance = {
  timeOrigin: startMs,
  now: () => host.performance?.now?.() ?? Date.now() - startMs,
};
