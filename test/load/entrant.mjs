// Honest clients that come one after the other, in a process of their own: beside thousands of sockets of an attacker they would
// wait for the attacker's event loop, not for the bridge.
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import WebSocket from 'ws';

const ENTRY_EVERY_MS = 50;

function enter({ url, token, ca }) {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const socket = new WebSocket(url, 'evenlight.v1', { perMessageDeflate: false, ca });
    socket.on('open', () => {
      const limits = { maxChunkBytes: 1024, windowBytes: 1024 };
      const client = { name: 'entrant', version: '1' };
      socket.send(JSON.stringify({ type: 'hello', protocol: { min: 1, max: 1 }, client, token, limits }));
    });
    socket.on('message', (data) => {
      const message = JSON.parse(data.toString());
      if (message.type === 'hello') resolve(performance.now() - startedMs);
      else reject(new Error(message.code ?? message.type));
      socket.close();
    });
    socket.on('close', (code) => reject(new Error(`closed with ${code}`)));
    socket.on('error', reject);
  });
}

process.on('message', async (order) => {
  const entryMs = [];
  const refused = [];
  for (let entry = 0; entry < order.entries; entry++) {
    await enter(order).then(
      (ms) => entryMs.push(ms),
      (error) => refused.push(error.message),
    );
    await setTimeout(ENTRY_EVERY_MS);
  }
  process.send({ entryMs, refused });
});
process.on('disconnect', () => process.exit());
