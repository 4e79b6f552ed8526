import { putCompilerInPlace } from '@evenlight/models/kernel/compile-kernel.ts';
import { PreparationError } from './preparation-error.ts';

/**
 * Installs the compiler of the row kernel, once.
 * @throws PreparationError with npm's words when it cannot be installed.
 */
export function putKernelCompilerInPlace(): void {
  try {
    putCompilerInPlace();
  } catch (error) {
    throw new PreparationError(error instanceof Error ? error.message : String(error));
  }
}
