import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { OpenFrame } from '@evenlight/plugin/src/engine/webview/webview-frame.ts';
import { CHROMIUM_FLAGS, findChromium } from '@evenlight/test/run/chromium.ts';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type WebSocket, WebSocketServer } from 'ws';

/** Starts the browser that stands in for WebView2 and WKWebView. */
export async function launchChromium(extraFlags: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('there is no Chromium: see test/README.md');
  return chromium.launch({ executablePath, args: [...CHROMIUM_FLAGS, ...extraFlags], headless: true });
}

/** What a test may want to know of the pages. */
export interface FrameLog {
  readonly pages: Page[];
  /** Characters of JSON sent to a page. */
  sentCharacters: number;
  readonly errors: string[];
}

/**
 * Pages of the plugin's folder in Chromium, with Photoshop's way of talking to them: `window.uxpHost`, and messages that are JSON.
 * They travel over a WebSocket, because Playwright's own way takes a second for a megabyte.
 *
 * @param baseUrl where the plugin's folder is found: a `file:` URL, as in Photoshop, or a server's
 */
export function chromiumFrames(browser: Browser, baseUrl: string): { openFrame: OpenFrame; log: FrameLog } {
  const log: FrameLog = { pages: [], sentCharacters: 0, errors: [] };
  const openFrame: OpenFrame = (path, { onMessage }) => {
    const opened = openPage(browser, `${baseUrl}/${path}`, onMessage, log);
    opened.catch((error: unknown) => log.errors.push(String(error)));
    return {
      post(message) {
        const json = JSON.stringify(message);
        log.sentCharacters += json.length;
        void opened.then(({ send }) => send(json)).catch(() => undefined);
      },
      close() {
        void opened.then(({ close }) => close()).catch(() => undefined);
      },
    };
  };
  return { openFrame, log };
}

/** Runs in the page, before its own scripts. */
const uxpHostScript = (port: number): string => `{
  const socket = new WebSocket('ws://127.0.0.1:${port}');
  const open = new Promise((resolve) => { socket.onopen = resolve; });
  socket.onmessage = ({ data }) => window.dispatchEvent(new MessageEvent('message', { data: JSON.parse(data) }));
  window.uxpHost = { postMessage: (message) => void open.then(() => socket.send(JSON.stringify(message))) };
}`;

async function openPage(
  browser: Browser,
  url: string,
  onMessage: (message: unknown) => void,
  log: FrameLog,
): Promise<{ send: (json: string) => void; close: () => Promise<void> }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: 1e9 });
  await once(server, 'listening');
  const connected = once(server, 'connection') as Promise<[WebSocket]>;
  const page = await browser.newPage();
  log.pages.push(page);
  page.on('close', () => server.close());
  page.on('pageerror', (error) => log.errors.push(error.message));
  await page.addInitScript(uxpHostScript((server.address() as AddressInfo).port));
  void connected.then(([socket]) => socket.on('message', (json: Buffer) => onMessage(JSON.parse(json.toString()))));
  await page.goto(url);
  const [socket] = await connected;
  return { send: (json) => socket.send(json), close: () => page.close() };
}

export function folderUrl(folder: string): string {
  return pathToFileURL(folder).href;
}

/** Serves a folder on port 0: there a page may fetch the files beside it. */
export async function serveFolder(folder: string): Promise<{ url: string; close: () => Promise<void> }> {
  const types: Readonly<Record<string, string>> = {
    html: 'text/html',
    js: 'text/javascript',
    wasm: 'application/wasm',
  };
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '/';
    readFile(join(folder, path)).then(
      (bytes) => response.setHeader('content-type', types[path.split('.').at(-1) ?? ''] ?? 'text/plain').end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
