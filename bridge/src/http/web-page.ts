import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { HttpError } from './http-error.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Allows nothing from other hosts and nothing inline. The kernel is WebAssembly; pictures and results are the page's own blobs. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface PageFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly zipped: Buffer;
  readonly tag: string;
}

/** The page that the bridge serves; its files are read once. */
export class WebPage {
  readonly #files: ReadonlyMap<string, PageFile>;

  private constructor(files: ReadonlyMap<string, PageFile>) {
    this.#files = files;
  }

  /** @param folder the built page: `index.html` and what it needs */
  static async load(folder: string): Promise<WebPage> {
    const files = new Map<string, PageFile>();
    for (const name of await readdir(folder)) {
      const type = TYPES[extname(name)];
      if (type === undefined) continue;
      const plain = await readFile(join(folder, name));
      const tag = `"${createHash('sha256').update(plain).digest('hex').slice(0, 16)}"`;
      files.set(`/${name}`, { type, plain, zipped: await promisify(gzip)(plain), tag });
    }
    return new WebPage(files);
  }

  /** @throws HttpError `NOT_FOUND` */
  answer({ headers, method }: IncomingMessage, response: ServerResponse, path: string): void {
    const file = this.#files.get(path === '/' ? '/index.html' : path);
    if (file === undefined) throw new HttpError('NOT_FOUND', 'there is nothing at this address');
    const common = {
      'Content-Security-Policy': POLICY,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Cache-Control': 'no-cache',
      Vary: 'Accept-Encoding',
      ETag: file.tag,
    };
    if (headers['if-none-match'] === file.tag) {
      response.writeHead(304, common).end();
      return;
    }
    const isZipped = /\bgzip\b/.test(headers['accept-encoding'] ?? '');
    const body = isZipped ? file.zipped : file.plain;
    response.writeHead(200, {
      ...common,
      'Content-Type': file.type,
      'Content-Length': body.length,
      ...(isZipped ? { 'Content-Encoding': 'gzip' } : {}),
    });
    response.end(method === 'HEAD' ? undefined : body);
  }
}

/** Where bridge/bin/compile.mjs has built the page to; undefined where the bridge runs from its sources. */
export function builtPageFolder(): string | undefined {
  const compiled = globalThis.evenlightCompiled?.folder;
  const folder = compiled === undefined ? undefined : join(compiled, 'page');
  return folder !== undefined && existsSync(folder) ? folder : undefined;
}
