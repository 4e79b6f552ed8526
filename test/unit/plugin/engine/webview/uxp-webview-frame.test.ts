import { uxpWebviewFrames } from '@evenlight/plugin/src/engine/webview/uxp-webview-frame.ts';
import type { OpenFrame, WebviewFrame } from '@evenlight/plugin/src/engine/webview/webview-frame.ts';
import { describe, expect, it } from 'vitest';

type UxpWindow = Parameters<typeof uxpWebviewFrames>[0];
type Listener = Parameters<UxpWindow['addEventListener']>[1];

/** As much of UXP's window as webviews need. */
class FakeWindow {
  readonly listeners = new Set<Listener>();
  readonly shown: unknown[] = [];
  readonly posted: unknown[] = [];
  fail: (event: { message?: unknown }) => void = () => undefined;
  readonly element = {
    src: '',
    style: { cssText: '' },
    postMessage: (message: unknown) => void this.posted.push(message),
    setAttribute: () => undefined,
    addEventListener: (_type: 'loaderror', listener: (event: { message?: unknown }) => void) => {
      this.fail = listener;
    },
    remove: () => void this.shown.pop(),
  };
  readonly document = {
    createElement: () => this.element,
    body: { appendChild: (node: unknown) => void this.shown.push(node) },
  };

  addEventListener(_type: 'message', listener: Listener): void {
    this.listeners.add(listener);
  }

  removeEventListener(_type: 'message', listener: Listener): void {
    this.listeners.delete(listener);
  }

  say(data: unknown, source: unknown): void {
    for (const listener of this.listeners) listener({ data, source });
  }
}

const PHOTOSHOP_26 = { uxpVersion: 'uxp-8.0.1-local', hasPanel: () => true };

function open(
  window: FakeWindow,
  listeners: Partial<Parameters<OpenFrame>[1]> = {},
  facts: Partial<typeof PHOTOSHOP_26> = {},
): WebviewFrame {
  const all = { onMessage: () => undefined, onFailure: () => undefined, ...listeners };
  return uxpWebviewFrames(window, { ...PHOTOSHOP_26, ...facts })('engine/page.html', all);
}

describe('a webview in UXP', () => {
  it('shows a page of the plugin, out of sight', () => {
    const window = new FakeWindow();
    open(window);
    expect(window.element.src).toBe('plugin:/engine/page.html');
    expect(window.shown).toEqual([window.element]);
    expect(window.element.style.cssText).toContain('opacity:0');
  });

  it('passes on what its own page says, and nobody else', () => {
    const window = new FakeWindow();
    const heard: unknown[] = [];
    open(window, { onMessage: (message) => heard.push(message) });
    window.say('mine', window.element);
    window.say('from a Photoshop that names no source', undefined);
    window.say('of another webview', {});
    expect(heard).toEqual(['mine', 'from a Photoshop that names no source']);
  });

  it('sends messages, and is gone after close', () => {
    const window = new FakeWindow();
    const frame = open(window);
    frame.post({ type: 'open', id: 1 });
    expect(window.posted).toEqual([{ type: 'open', id: 1 }]);
    frame.close();
    expect(window.shown).toEqual([]);
    expect(window.listeners.size).toBe(0);
  });

  it('is refused where there are no webviews', () => {
    const window = new FakeWindow();
    Reflect.deleteProperty(window.element, 'postMessage');
    expect(() => open(window)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }) as Error);
  });

  it.each(['uxp-7.2.0', '7.4.1', ''])(
    'is refused at once in Photoshop 25, which has the element (UXP "%s")',
    (uxpVersion) => {
      const window = new FakeWindow();
      expect(() => open(window, {}, { uxpVersion })).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }) as Error);
      expect(window.shown).toEqual([]);
    },
  );

  it('is not tried before a panel was opened: it may never load', () => {
    const window = new FakeWindow();
    const refused = expect.objectContaining({ code: 'UNSUPPORTED' }) as Error;
    expect(() => open(window, {}, { hasPanel: () => false })).toThrow(refused);
  });

  it('says at once that its page cannot be loaded', () => {
    const window = new FakeWindow();
    const failures: string[] = [];
    open(window, { onFailure: ({ code, message }) => failures.push(`${code}: ${message}`) });
    window.fail({ message: 'blocked' });
    expect(failures).toEqual(['FAILED: the webview could not load its page: blocked']);
  });
});
