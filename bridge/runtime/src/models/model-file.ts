import { createHash } from 'node:crypto';
import { RuntimeError } from '../errors.ts';

/** What a contract says of one of its files. */
export interface ModelFile {
  /** Relative to the model's folder. */
  readonly path: string;
  /** 64 hex digits. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/**
 * Compares a model's file with its contract.
 *
 * @param path named in the error
 * @returns `bytes`
 * @throws RuntimeError `MODEL_CHECKSUM`
 */
export function checkModelFile(path: string, bytes: Uint8Array, expected: ModelFile): Uint8Array {
  if (bytes.length !== expected.sizeBytes) {
    const sizes = `has ${bytes.length} bytes, its contract says ${expected.sizeBytes}`;
    throw new RuntimeError('MODEL_CHECKSUM', `model file ${path} ${sizes}`);
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== expected.sha256.toLowerCase()) {
    const sums = `has SHA-256 ${sha256}, its contract says ${expected.sha256}`;
    throw new RuntimeError('MODEL_CHECKSUM', `model file ${path} ${sums}`);
  }
  return bytes;
}
