import { unwatchFile, watchFile } from 'node:fs';

/** How often files are looked at: a watch of the file system misses changes on network drives. */
const POLL_MS = 1000;
/** Certificate and key are renewed one after the other: both are read when neither has changed for so long. */
const SETTLE_MS = 500;

/** Calls when any of the files has changed; returns how to stop. */
export function watchFiles(files: readonly string[], onChange: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const listener = (): void => {
    clearTimeout(timer);
    timer = setTimeout(onChange, SETTLE_MS);
    timer.unref();
  };
  for (const file of files) watchFile(file, { interval: POLL_MS, persistent: false }, listener);
  return () => {
    clearTimeout(timer);
    for (const file of files) unwatchFile(file, listener);
  };
}
