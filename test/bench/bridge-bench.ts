import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { connectBridge } from '@evenlight/bridge/src/client/connect-bridge.ts';
import { rowBytesOf } from '@evenlight/bridge/src/fix/photo-fixer.ts';
import type { BridgeClient } from '@evenlight/client';
import { samplesOf, wavyCorrection } from '@evenlight/models/bench/pictures.ts';
import {
  buildProxy,
  colorSpaces,
  createApplier,
  DEFAULT_ADJUSTMENT,
  deserializeCorrection,
  type PixelImage,
  proxySize,
  serializeColorSpace,
} from '@evenlight/models';
import WebSocket from 'ws';
import { BridgeProcess } from '../fakes/bridge-process.ts';
import { type BenchRow, rowOf } from './bench-row.ts';
import { inTurns, millisecondsOf, type Sample, timed } from './in-turns.ts';

/* The pixels of a photograph to a bridge on this computer and back, against a server that only echoes them and the kernel alone. */

const CHUNK_BYTES = 1 << 20;
const MAX_BUFFERED_BYTES = 4 * CHUNK_BYTES;

export async function benchBridge(isQuick: boolean): Promise<BenchRow[]> {
  const [width, height] = [6000, isQuick ? 1000 : 4000];
  const pixels = samplesOf('uint16', width * height * 3);
  const image: PixelImage = {
    ...{ width, height, channels: 3, format: 'uint16', colorSpace: colorSpaces.srgb, rowStride: width * 3 },
    pixels,
  };
  const bridge = new BridgeProcess(['--port', '0', '--json', '--models', modelsFolder()]);
  const echo = spawn(process.execPath, [fileURLToPath(new URL('./echo-server.mjs', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const [port] = (await once(echo.stdout, 'data')) as [Buffer];
    const { url } = await bridge.listening();
    const client = await connectBridge(url);
    const works = {
      bridge: () => throughBridge(client, image),
      echo: () => throughEcho(`ws://127.0.0.1:${port.toString().trim()}`, image),
      kernel: () => throughKernel(image),
    };
    const took = await inTurns(works, isQuick ? 3 : 7, 1);
    client.close();
    const floor = took.echo.map(({ ms }, i) => ({ ms: ms + (took.kernel[i]?.ms ?? 0) }));
    const peer = { name: 'echo + kernel in one thread', took: millisecondsOf(floor) };
    const work = `${(width * height) / 1e6} megapixels of 16-bit RGB through the bridge`;
    return [rowOf(work, millisecondsOf(took.bridge), peer, { bar: 1.3 })];
  } finally {
    echo.stdin.end();
    bridge.process.kill();
    await bridge.exited;
  }
}

function modelsFolder(): string {
  return fileURLToPath(new URL('../../models/', import.meta.url));
}

/** The pixels alone: the prediction has been made. */
async function throughBridge(client: BridgeClient, image: PixelImage): Promise<Sample> {
  const { width, height, channels, format, colorSpace } = image;
  const model = client.server.models[0]!;
  const job = await client.openFix({
    ...{ model: model.name, proxy: buildProxy(image, proxySize({ input: model.proxy }, image)), orientation: 1 },
    ...DEFAULT_ADJUSTMENT,
    image: { width, height, channels, format, colorSpace: { ...serializeColorSpace(colorSpace) } },
  });
  deserializeCorrection(job.correction);
  const rows = rowBytesOf(image);
  const result = new Uint8Array(image.pixels.byteLength);
  return timed(() =>
    job.apply({
      readRows: (firstRow, rowCount) => rows.view(firstRow, rowCount),
      writeRows: (bytes, firstRow) => result.set(bytes, firstRow * rows.rowBytes),
    }),
  );
}

async function throughEcho(url: string, { pixels }: PixelImage): Promise<Sample> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, 'open');
  const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const result = new Uint8Array(bytes.length);
  const sample = await timed(async () => {
    let received = 0;
    const all = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        result.set(data, received);
        received += data.length;
        if (received === bytes.length) resolve();
      });
    });
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      const sent = new Promise<void>((resolve) => socket.send(bytes.subarray(at, at + CHUNK_BYTES), () => resolve()));
      if (socket.bufferedAmount > MAX_BUFFERED_BYTES) await sent;
    }
    await all;
  });
  socket.close();
  return sample;
}

function throughKernel(image: PixelImage): Promise<Sample> {
  const { width, height, pixels } = image;
  const applier = createApplier(wavyCorrection(1), DEFAULT_ADJUSTMENT, image);
  const output = pixels.slice();
  const stripRows = Math.floor(CHUNK_BYTES / (width * 6));
  return timed(() => {
    for (let firstRow = 0; firstRow < height; firstRow += stripRows) {
      const rowCount = Math.min(stripRows, height - firstRow);
      const [start, end] = [firstRow * width * 3, (firstRow + rowCount) * width * 3];
      applier.applyRows(pixels.subarray(start, end), output.subarray(start, end), { firstRow, rowCount });
    }
  });
}
