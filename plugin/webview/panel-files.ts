import { concatenate } from '@evenlight/models';
import { decodeBase64 } from '../src/encoding/base64.ts';
import type { PageMessage, PanelMessage } from '../src/engine/webview/messages.ts';

interface Arriving {
  readonly parts: (Uint8Array<ArrayBuffer> | undefined)[];
  readonly whole: Promise<Uint8Array<ArrayBuffer>>;
  finish(bytes: Uint8Array<ArrayBuffer>): void;
  fail(error: Error): void;
}

/** The panel has no such file. */
export class MissingFile extends Error {}

/** Files that the page fetches from its own folder or, where browsers forbid that, gets from the panel. */
export class PanelFiles {
  readonly #arriving = new Map<string, Arriving>();
  readonly #post: (message: PageMessage) => void;

  constructor(post: (message: PageMessage) => void) {
    this.#post = post;
  }

  /** Takes a part; parts may come before anybody waits for the file. */
  receive(message: Extract<PanelMessage, { type: 'file' | 'no-file' }>): void {
    const file = this.#entry(message.name);
    if (message.type === 'no-file') {
      file.fail(new MissingFile(`the plugin's file ${message.name} cannot be read`));
      return;
    }
    file.parts[message.part] = decodeBase64(message.base64);
    const parts = file.parts.filter((part) => part !== undefined);
    if (parts.length === message.parts) file.finish(concatenate(parts));
  }

  /** A file that the panel sends on its own account. It is forgotten here then. */
  async sent(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await this.#entry(name).whole;
    this.#arriving.delete(name);
    return bytes;
  }

  /** A file of the page's folder. */
  async fetched(name: string): Promise<Uint8Array<ArrayBuffer>> {
    try {
      const response = await fetch(name);
      if (!response.ok) throw new Error(String(response.status));
      return new Uint8Array(await response.arrayBuffer());
    } catch {
      this.#post({ type: 'need-file', name }); // a page from a file may not fetch files, in Chromium
      return this.sent(name);
    }
  }

  #entry(name: string): Arriving {
    const known = this.#arriving.get(name);
    if (known !== undefined) return known;
    let finish: Arriving['finish'] = () => undefined;
    let fail: Arriving['fail'] = () => undefined;
    const whole = new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => {
      finish = resolve;
      fail = reject;
    });
    whole.catch(() => undefined);
    const entry: Arriving = { parts: [], whole, finish, fail };
    this.#arriving.set(name, entry);
    return entry;
  }
}
