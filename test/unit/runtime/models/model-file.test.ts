import { checkModelFile } from '@evenlight/runtime/src/models/model-file.ts';
import { describe, expect, it } from 'vitest';

// SHA-256 of "abc": FIPS 180-2, appendix B.1.
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const bytes = Uint8Array.of(0x61, 0x62, 0x63);

describe('checkModelFile', () => {
  it('gives back the bytes of a file that is what its contract says', () => {
    expect(checkModelFile('weights.bin', bytes, { path: 'weights.bin', sha256: ABC, sizeBytes: 3 })).toBe(bytes);
  });

  it('refuses another SHA-256 and names the file, what it got and what it expected', () => {
    const expected = { path: 'weights.bin', sha256: '0'.repeat(64), sizeBytes: 3 };
    expect(() => checkModelFile('/models/a/weights.bin', bytes, expected)).toThrow(
      expect.objectContaining({
        code: 'MODEL_CHECKSUM',
        message: `model file /models/a/weights.bin has SHA-256 ${ABC}, its contract says ${'0'.repeat(64)}`,
      }),
    );
  });

  it('refuses another length before it computes anything', () => {
    const expected = { path: 'weights.bin', sha256: ABC, sizeBytes: 4 };
    expect(() => checkModelFile('w', bytes, expected)).toThrow('model file w has 3 bytes, its contract says 4');
  });
});
