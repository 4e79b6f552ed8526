import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * Arguments for Node that make a child process or worker thread able to start from a TypeScript file. Given explicitly,
 * because the parent need not have been started through tsx (vitest, a program that embeds the bridge).
 */
export function typescriptLoaderArguments(): string[] {
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
}
