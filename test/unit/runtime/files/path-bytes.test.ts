import { Buffer } from 'node:buffer';
import {
  exactArguments,
  isPlainPath,
  pathFromBytes,
  shownPath,
  systemPath,
} from '@evenlight/runtime/src/files/path-bytes.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const isPosix = process.platform !== 'win32';

describe.runIf(isPosix)('paths that are not UTF-8', () => {
  it('gives any bytes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const again = systemPath(pathFromBytes(bytes));
        expect(Buffer.compare(Buffer.from(again as string), Buffer.from(bytes))).toBe(0);
      }),
    );
  });

  it('leaves text as it is, also characters beyond 16 bits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(pathFromBytes(Buffer.from(text, 'utf8'))).toBe(text);
        expect(systemPath(text)).toBe(text);
        expect(shownPath(text)).toBe(text);
      }),
    );
    expect(isPlainPath('/a/🖼.jpg')).toBe(true);
  });

  it('shows bytes that are no text as numbers', () => {
    const path = pathFromBytes(Buffer.from('/a/caf\xe9 \xff.jpg', 'latin1'));
    expect(shownPath(path)).toBe('/a/caf\\xE9 \\xFF.jpg');
    expect(isPlainPath(path)).toBe(false);
  });

  it('leaves arguments alone that the process was not started with', () => {
    expect(exactArguments(['a\ufffd.jpg'])).toEqual(['a\ufffd.jpg']);
  });
});
