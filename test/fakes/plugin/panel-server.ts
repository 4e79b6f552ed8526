import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPlugin } from '@evenlight/plugin/scripts/build-plugin.ts';
import { build } from 'esbuild';

const PAGE = fileURLToPath(new URL('../spectrum/panel-page.ts', import.meta.url));

/** Serves the page in which the built panel runs, the staged plugin, and pictures that a test puts there. */
export interface PanelServer {
  readonly origin: string;
  /** @returns the path it is served at */
  put(name: string, bytes: Uint8Array): string;
  close(): Promise<void>;
}

/**
 * As strict as UXP: no code is made from strings. WebAssembly may be compiled, sockets may go anywhere, and the widgets' stand-ins
 * bring their styles with them.
 */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src blob: data:; connect-src *";

const PAGE_HTML =
  '<!doctype html><meta charset="utf-8"><title>Evenlight</title><body><script src="/page.js"></script></body>';

/** What UXP puts into a page of a webview before the page's own scripts. */
const WEBVIEW_SCRIPT = `window.uxpHost = {
  postMessage: (message) => window.frameElement.fromPage(JSON.stringify(message)),
};`;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

/** Stages the plugin as `npm run plugin:build` does, and starts. */
export async function startPanelServer(): Promise<PanelServer> {
  const folder = await mkdtemp(join(tmpdir(), 'evenlight-panel-'));
  const [page] = await Promise.all([bundlePage(), buildPlugin({ outFolder: folder })]);
  const pictures = new Map<string, Uint8Array>();
  const fixed: Readonly<Record<string, string>> = {
    '/': PAGE_HTML,
    '/page.js': page,
    '/webview.js': WEBVIEW_SCRIPT,
  };
  const find = async (path: string): Promise<Uint8Array | string | undefined> =>
    fixed[path] ?? pictures.get(path) ?? readPluginFile(folder, path);
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    void find(path).then((body) => answer(response, path, body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    put(name, bytes) {
      const path = `/pictures/${name}`;
      pictures.set(path, bytes);
      return path;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function answer(response: ServerResponse, path: string, body: Uint8Array | string | undefined): void {
  if (body === undefined) {
    response.writeHead(404).end();
    return;
  }
  const type = path === '/' ? 'text/html' : (TYPES[extname(path)] ?? 'application/octet-stream');
  response.writeHead(200, { 'content-type': type, 'content-security-policy': CONTENT_SECURITY_POLICY }).end(body);
}

/**
 * `/plugin/<path>`: a file of the staged plugin; `/module/<path>`: one of its scripts as a CommonJS module that the page evaluates
 * as Photoshop does; a page among them gets what a webview gives it.
 */
async function readPluginFile(folder: string, url: string): Promise<Uint8Array | string | undefined> {
  const [, kind, path] = /^\/(plugin|module)\/(.+)$/.exec(decodeURIComponent(url)) ?? [];
  if (path === undefined || normalize(path).startsWith('..')) return undefined;
  const bytes = await readFile(join(folder, path)).catch(() => undefined);
  if (bytes === undefined) return undefined;
  if (kind === 'module') {
    return `evenlightModules.set(${JSON.stringify(path)}, function (require, module, exports) {${bytes.toString()}\n});`;
  }
  return path.endsWith('.html')
    ? bytes.toString().replace('<script', '<script src="/webview.js"></script><script')
    : bytes;
}

async function bundlePage(): Promise<string> {
  const options = { bundle: true, write: false, format: 'iife', platform: 'browser', target: 'es2022' } as const;
  const result = await build({ entryPoints: [PAGE], ...options });
  return result.outputFiles[0]?.text ?? '';
}
