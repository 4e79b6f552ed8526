import { growTo, rowKernel, rowKernelName, startKernel } from '@evenlight/models/src/apply/row-kernel.ts';
import { describe, expect, it, vi } from 'vitest';

function refuse(): never {
  throw new Error('Wasm code generation disallowed by embedder');
}

class Refusing {
  readonly exports = refuse();
}

class Empty {
  readonly exports = {};
}

describe('the kernel in WebAssembly', () => {
  it('gets memory in whole pages, as many as are needed', () => {
    const { exports } = rowKernel()!;
    const before = exports.memory.buffer.byteLength;
    growTo(exports, before - 1);
    expect(exports.memory.buffer.byteLength).toBe(before);
    growTo(exports, before + 1);
    expect(exports.memory.buffer.byteLength).toBe(before + 65_536);
    growTo(exports, before + 5 * 65_536);
    expect(exports.memory.buffer.byteLength).toBe(before + 5 * 65_536);
  });

  it('is the one that runs, or else the one in TypeScript is', async () => {
    expect(rowKernelName()).toBe('WebAssembly');
    vi.resetModules();
    vi.stubGlobal('WebAssembly', undefined);
    const { rowKernelName: nameWithout } = await import('@evenlight/models/src/apply/row-kernel.ts');
    expect(nameWithout()).toBe('TypeScript');
    vi.unstubAllGlobals();
  });

  it('starts here, once', () => {
    expect(rowKernel()).toBeDefined();
    expect(rowKernel()).toBe(rowKernel());
  });

  it.each([
    ['is absent', undefined],
    ['is something else', 'WebAssembly'],
    ['lacks what is needed', { Module: Empty }],
    ['refuses to compile', { Module: Refusing, Instance: Empty }],
    ['refuses to start', { Module: Empty, Instance: Refusing }],
    ['gives an instance without the kernel', { Module: Empty, Instance: Empty }],
  ])('gives way to the one in TypeScript where WebAssembly %s', (_, api) => {
    expect(startKernel(api)).toBeUndefined();
  });
});
