// A bare `ws` server that sends every message back: what the bridge is measured beside.
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false }, () => {
  process.send?.(server.address().port);
});
server.on('connection', (socket) => {
  socket.on('message', (message, isBinary) => socket.send(message, { binary: isBinary }));
});
process.on('disconnect', () => process.exit());
