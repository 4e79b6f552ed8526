import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LIBRARY_RECORD_FILE, parseLibraryRecord } from './library-record.ts';
import { findNativePackage, nativeBindingPath } from './native-package.ts';

/** Where native TensorFlow is on the disk. */
export interface NativeInstallation {
  /** The compiled binding itself, links resolved. */
  readonly bindingPath: string;
  /** Where TensorFlow's (and, for a GPU, NVIDIA's) libraries are; undefined if set-up did not make it. */
  readonly libraryFolder: string | undefined;
  readonly hasGpuLibraries: boolean;
}

/** The installed native TensorFlow; undefined if there is none. */
export function findNativeInstallation(): NativeInstallation | undefined {
  const packageFolder = findNativePackage();
  if (packageFolder === undefined) return undefined;
  let bindingPath: string;
  try {
    bindingPath = realpathSync(nativeBindingPath(packageFolder));
  } catch {
    // No binding, or a link to a cache folder that is gone.
    return undefined;
  }
  const folder = dirname(dirname(bindingPath));
  const record = parseLibraryRecord(readText(join(folder, LIBRARY_RECORD_FILE)));
  const libraryFolder = record === undefined ? undefined : join(folder, 'lib');
  return { bindingPath, libraryFolder, hasGpuLibraries: record?.variant === 'gpu' };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // A binding that set-up has not put there.
    return '';
  }
}
