import { unshareMemory } from '@evenlight/plugin/src/engine/in-engine/unshare-memory.ts';
import { runInThisContext } from 'node:vm';
import { describe, expect, it } from 'vitest';

/** UXP's types do not know it. */
const { Module, Memory, Instance } = runInThisContext('WebAssembly') as {
  Module: new (bytes: Uint8Array) => object;
  Memory: new (limits: { initial: number; maximum: number }) => object;
  Instance: new (module: object, imports: object) => object;
};

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
/** Section 2: one function import "a" "f" of type 0, one memory import "a" "m" with minimum 1 and maximum 300 (LEB128 ac 02). */
const imports = (flags: number) => [2, 17, 2, 1, 0x61, 1, 0x66, 0, 0, 1, 0x61, 1, 0x6d, 2, flags, 1, 0xac, 0x02];
const TYPE_SECTION = [1, 4, 1, 0x60, 0, 0];

const binary = (flags: number): Uint8Array => Uint8Array.of(...HEADER, ...TYPE_SECTION, ...fixed(imports(flags)));

/** Section length = what follows it. */
function fixed(section: readonly number[]): number[] {
  return [section[0]!, section.length - 2, ...section.slice(2)];
}

describe('unshareMemory', () => {
  it('takes the shared bit from the imported memory and changes nothing else', () => {
    expect(unshareMemory(binary(3))).toEqual(binary(1));
  });

  it('makes of it what a WebAssembly engine links with an ordinary memory', () => {
    const module = new Module(unshareMemory(binary(3)));
    const memory = new Memory({ initial: 1, maximum: 300 });
    expect(() => new Instance(module, { a: { f: () => undefined, m: memory } })).not.toThrow();
    const shared = new Module(binary(3));
    expect(() => new Instance(shared, { a: { f: () => undefined, m: memory } })).toThrow();
  });

  it('leaves its argument as it is', () => {
    const before = binary(3);
    unshareMemory(before);
    expect(before).toEqual(binary(3));
  });

  it('refuses what is no WebAssembly', () => {
    expect(() => unshareMemory(Uint8Array.of(1, 2, 3))).toThrow('no WebAssembly binary');
  });

  it('refuses a binary that was cut off within its header or a section, wherever that was', () => {
    const whole = binary(3);
    // Between sections a binary may end; whether something is missing then is for the engine that compiles it to say.
    const sectionEnds = [HEADER.length, HEADER.length + TYPE_SECTION.length];
    for (let length = 0; length < whole.length; length++) {
      const read = (): Uint8Array => unshareMemory(whole.subarray(0, length));
      if (sectionEnds.includes(length)) expect(read()).toEqual(whole.subarray(0, length));
      else expect(read, `${length} bytes`).toThrow(RangeError);
    }
  });
});
