import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The npm package whose binding `npm run setup` compiles. */
export const NATIVE_PACKAGE = '@tensorflow/tfjs-node-gpu';

/** The folder of {@link NATIVE_PACKAGE}, or undefined where the optional package is not installed. */
export function findNativePackage(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${NATIVE_PACKAGE}/package.json`));
  } catch {
    // Not installed: an optional dependency may be left out.
    return undefined;
  }
}

/** Where the package looks for its binding (N-API version 8 is what 4.22.0 asks for on every Node from 20 on). */
export function nativeBindingPath(packageFolder: string): string {
  return join(packageFolder, 'lib', 'napi-v8', 'tfjs_binding.node');
}

/** Why native TensorFlow cannot be loaded at all; undefined if its files are in place. Loading may still fail. */
export function nativeTensorflowMissing(): string | undefined {
  const packageFolder = findNativePackage();
  if (packageFolder === undefined) return `the optional package ${NATIVE_PACKAGE} is not installed`;
  if (!existsSync(nativeBindingPath(packageFolder))) return 'native TensorFlow is not set up (npm run setup)';
  return undefined;
}
