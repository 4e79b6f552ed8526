import process from 'node:process';

/** Aborted by the first Ctrl-C or SIGTERM, so that running work can save and end; a second one ends the process as usual. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop.abort();
    });
  }
  return stop.signal;
}
