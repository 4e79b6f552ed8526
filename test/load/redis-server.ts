import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A Redis of its own for a test or a measurement, which keeps nothing on disk. */
export interface RedisServer {
  readonly url: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** Debian's `redis-server`; elsewhere any Redis from 6.2 on. */
export function hasRedisServer(): boolean {
  return spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;
}

export async function startRedisServer(): Promise<RedisServer> {
  const port = await freePort();
  const redis = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  while (!output.includes('Ready to accept connections')) {
    const [data] = (await once(redis.stdout, 'data')) as [Buffer];
    output += data.toString();
  }
  redis.stdout.resume();
  return {
    url: `redis://127.0.0.1:${port}`,
    process: redis,
    stop: async () => {
      redis.kill('SIGKILL');
      await once(redis, 'close');
    },
  };
}

/** A port that nobody had a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
