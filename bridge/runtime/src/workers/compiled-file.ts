declare global {
  /** The folder of the compiled commands, as an address. Set by the compiled code itself (bridge/bin/compile.mjs). */
  var evenlightCompiled: string | undefined;
}

const ROOT = new URL('../../../../', import.meta.url).href;

/** The compiled form of a source, where this code was compiled itself: a thread or a child process then starts from it. */
export function compiledFileOf(source: URL): URL | undefined {
  const folder = globalThis.evenlightCompiled;
  if (folder === undefined || !source.href.startsWith(ROOT)) return undefined;
  return new URL(source.href.slice(ROOT.length).replace(/\.ts$/, '.js'), folder);
}
