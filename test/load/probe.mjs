// Preloaded into a bridge that is being measured: answers every message of its IPC channel with what the process is like.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const RESOLUTION_MS = 10;

if (isMainThread && process.send !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  // The histogram holds the time between two ticks: what is beyond the resolution is delay.
  const beyond = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  process.on('message', ({ id, collectGarbage, resetDelay }) => {
    if (collectGarbage) globalThis.gc?.();
    const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
    const resources = process.getActiveResourcesInfo();
    process.send({
      id,
      rssBytes: rss,
      heapBytes: heapUsed,
      externalBytes: external,
      arrayBufferBytes: arrayBuffers,
      sockets: resources.filter((name) => name.startsWith('TCPSocketWrap') || name.startsWith('TCPWRAP')).length,
      delayP99Ms: beyond(delay.percentile(99)),
      delayMaxMs: beyond(delay.max),
    });
    if (resetDelay) delay.reset();
  });
  process.channel.unref();
}
