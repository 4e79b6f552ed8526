import type { Readable } from 'node:stream';

/** How often an inference process sends a heartbeat, and after how long without one it counts as stopped. */
export const HEARTBEAT = { intervalMs: 500, limitMs: 4000 } as const;

const CHECK_MS = 1000;

/**
 * Watches the heartbeat of a process, and calls `onStopped` once when it has stopped. The watch begins with the first beat,
 * because loading a runtime takes long. When this process itself was suspended or busy, the full time starts again.
 */
export function watchLife(beats: Readable, onStopped: (silentMs: number) => void): () => void {
  let lastBeatMs: number | undefined;
  let lastCheckMs = performance.now();
  beats.on('data', () => {
    lastBeatMs = performance.now();
  });
  beats.on('error', () => undefined);
  const timer = setInterval(() => {
    const nowMs = performance.now();
    const wasAway = nowMs - lastCheckMs > 2 * CHECK_MS;
    lastCheckMs = nowMs;
    if (lastBeatMs === undefined) return;
    if (wasAway) lastBeatMs = nowMs;
    if (nowMs - lastBeatMs <= HEARTBEAT.limitMs) return;
    clearInterval(timer);
    onStopped(Math.round(nowMs - lastBeatMs));
  }, CHECK_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}
