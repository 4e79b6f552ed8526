import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * Arguments for Node that let a child process start from a TypeScript file: none where Node reads TypeScript itself (22.18 and
 * later, a third of a second faster), else tsx. Given explicitly, because the parent need not have been started through tsx
 * (vitest, a program that embeds the bridge). Worker threads: see start-worker.ts.
 */
export function typescriptLoaderArguments(): string[] {
  if ('typescript' in process.features && process.features.typescript !== false) return [];
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
}
