/** Where the compiled form of a source file is: `run-compiled.cjs` runs it. */
export interface CompiledSource {
  /** The folder of the compiled commands. */
  readonly folder: string;
  /** Within the repository: `bridge/src/cli/fix.ts`. */
  readonly source: string;
}

declare global {
  /** Set by `run-compiled.cjs`, where this code was compiled by bridge/bin/compile.mjs. */
  var evenlightCompiled: { readonly folder: string; readonly keepCode: () => void } | undefined;
}

const ROOT = new URL('../../../../', import.meta.url).href;

/** The first file of a thread or process that starts from compiled code; {@link compiledFormOf} tells it what to run. */
export const START_COMPILED = new URL('./start-compiled.cjs', import.meta.url);

/** The compiled form of a source, where this code was compiled itself: a thread or a child process then starts from it. */
export function compiledFormOf(source: URL): CompiledSource | undefined {
  const folder = globalThis.evenlightCompiled?.folder;
  if (folder === undefined || !source.href.startsWith(ROOT)) return undefined;
  return { folder, source: source.href.slice(ROOT.length) };
}

/**
 * Stores the code that V8 has compiled so far, so that the next start need not compile it again. Call it after a first piece of
 * work: functions that have not run yet are not stored. Takes about 10 ms the first time, nothing after that.
 */
export function keepCompiledCode(): void {
  globalThis.evenlightCompiled?.keepCode();
}
