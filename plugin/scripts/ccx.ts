import { unzipSync, zipSync, type Zippable } from 'fflate';
import type { PackageFiles } from './folder-files.ts';

/** Already compressed, or of no use compressed: stored. */
const STORED = /\.(png|onnx)$/;
/** The earliest date that zip files can hold: the same files give the same package. */
const DATE = new Date(1980, 0, 1);

/**
 * A `.ccx` is a plain, unsigned zip with the manifest at its root. Its entries have forward slashes and there are none for
 * folders: Creative Cloud's installer refuses others (Windows' `tar -a` writes such, error -204).
 */
export function writeCcx(files: PackageFiles): Uint8Array {
  const entries: Zippable = {};
  for (const [name, bytes] of files) entries[name] = [bytes, { level: STORED.test(name) ? 0 : 9, mtime: DATE }];
  return zipSync(entries);
}

/** What is in a package, to check what was written. */
export function readCcx(bytes: Uint8Array): PackageFiles {
  return new Map(Object.entries(unzipSync(bytes)));
}

/** A file in a package, and what it takes there. */
export interface PackedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly packedBytes: number;
}

export function listCcx(bytes: Uint8Array): readonly PackedFile[] {
  const files: PackedFile[] = [];
  unzipSync(bytes, {
    filter: ({ name, originalSize, size }) => {
      files.push({ path: name, sizeBytes: originalSize, packedBytes: size });
      return false;
    },
  });
  return files;
}
