// One client that does nothing but ask, in a process of its own: a busy neighbour in the same process would be measured with it.
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers';
import WebSocket from 'ws';

const [url, token, everyMs] = process.argv.slice(2);
const socket = new WebSocket(url, 'evenlight.v1', { perMessageDeflate: false });
const times = [];
let askedMs = 0;
const say = (message) => socket.send(JSON.stringify(message));
const ask = () => {
  askedMs = performance.now();
  say({ type: 'ping', id: times.length + 1 });
};
socket.on('open', () => {
  const limits = { maxChunkBytes: 1024, windowBytes: 1024 };
  say({
    type: 'hello',
    protocol: { min: 1, max: 1 },
    client: { name: 'pinger', version: '1' },
    token: token || undefined,
    limits,
  });
});
socket.on('message', (data) => {
  const message = JSON.parse(data.toString());
  if (message.type === 'ping') say({ type: 'pong', id: message.id });
  if (message.type === 'pong') times.push(performance.now() - askedMs);
  if (message.type === 'pong' || message.type === 'hello') setTimeout(ask, Number(everyMs));
});
const report = () => process.send({ times, isOpen: socket.readyState === WebSocket.OPEN });
// One that is asked before it has got through answers when it has.
const onAsked = () => {
  if (socket.readyState === WebSocket.CONNECTING) socket.once('open', report).once('close', report);
  else report();
};
process.on('message', onAsked);
process.on('disconnect', () => process.exit());
