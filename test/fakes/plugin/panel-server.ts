import { once } from 'node:events';
import { createServer } from 'node:http';
import { readdir, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { mainBundleOptions } from '@evenlight/plugin/scripts/build-plugin.ts';
import { build } from 'esbuild';

const PLUGIN = fileURLToPath(new URL('../../../plugin/', import.meta.url));
const MODELS = fileURLToPath(new URL('../../../models/', import.meta.url));
const PAGE = fileURLToPath(new URL('../spectrum/panel-page.ts', import.meta.url));

/** Serves the page in which the built panel runs, the plugin's files, and pictures that a test puts there. */
export interface PanelServer {
  readonly origin: string;
  /** Paths of the plugin's own files, for the page to read at start. */
  readonly pluginFiles: readonly string[];
  /** @returns the path it is served at */
  put(name: string, bytes: Uint8Array): string;
  close(): Promise<void>;
}

/** Bundles the plugin as its build does, and starts. */
export async function startPanelServer(): Promise<PanelServer> {
  const [main, page] = await Promise.all([bundlePlugin(), bundlePage()]);
  const model = 'models/exposure';
  const pluginFiles = new Map<string, () => Promise<Uint8Array>>([
    ['models/index.json', async () => Buffer.from('{"models":["exposure"]}')],
    ...(await modelFiles(model)).map((path): [string, () => Promise<Uint8Array>] => [
      path,
      () => readFile(`${MODELS}${path.slice('models/'.length)}`),
    ]),
  ]);
  const pictures = new Map<string, Uint8Array>();
  const fixed: Readonly<Record<string, { type: string; body: () => Promise<Uint8Array | string> }>> = {
    '/': { type: 'text/html', body: async () => HTML },
    '/page.js': { type: 'text/javascript', body: async () => page },
    '/main.js': { type: 'text/javascript', body: async () => main },
    '/styles.css': { type: 'text/css', body: () => readFile(`${PLUGIN}styles.css`) },
  };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = fixed[path];
    const bytes = file?.body() ?? pluginFiles.get(path.slice(1))?.() ?? Promise.resolve(pictures.get(path));
    void bytes.then((body) => {
      if (body === undefined) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': file?.type ?? 'application/octet-stream' }).end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    pluginFiles: [...pluginFiles.keys()],
    put(name, bytes) {
      const path = `/pictures/${name}`;
      pictures.set(path, bytes);
      return path;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const HTML =
  '<!doctype html><meta charset="utf-8"><title>Evenlight</title><body><script src="/page.js"></script></body>';

async function modelFiles(folder: string): Promise<string[]> {
  const root = `${MODELS}${folder.slice('models/'.length)}`;
  const names = await readdir(root, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /^(contract\.json|onnx\/.+)$/.test(name)).map((name) => `${folder}/${name}`);
}

async function bundlePlugin(): Promise<string> {
  const result = await build({ ...mainBundleOptions('main.js'), write: false });
  return result.outputFiles[0]?.text ?? '';
}

async function bundlePage(): Promise<string> {
  const options = { bundle: true, write: false, format: 'iife', platform: 'browser', target: 'es2022' } as const;
  const result = await build({ entryPoints: [PAGE], ...options });
  return result.outputFiles[0]?.text ?? '';
}
