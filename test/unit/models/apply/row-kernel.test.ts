import { rowKernel, startKernel } from '@evenlight/models/src/apply/row-kernel.ts';
import { describe, expect, it } from 'vitest';

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
