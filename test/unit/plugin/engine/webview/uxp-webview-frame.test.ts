import { uxpWebviewFrames } from '@evenlight/plugin/src/engine/webview/uxp-webview-frame.ts';
import { describe, expect, it } from 'vitest';

type UxpWindow = Parameters<typeof uxpWebviewFrames>[0];
type Listener = Parameters<UxpWindow['addEventListener']>[1];

/** As much of UXP's window as webviews need. */
class FakeWindow {
  readonly listeners = new Set<Listener>();
  readonly shown: unknown[] = [];
  readonly posted: unknown[] = [];
  readonly element = {
    src: '',
    style: { cssText: '' },
    postMessage: (message: unknown) => void this.posted.push(message),
    setAttribute: () => undefined,
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

describe('a webview in UXP', () => {
  it('shows a page of the plugin, out of sight', () => {
    const window = new FakeWindow();
    uxpWebviewFrames(window)('engine/page.html', () => undefined);
    expect(window.element.src).toBe('plugin:/engine/page.html');
    expect(window.shown).toEqual([window.element]);
    expect(window.element.style.cssText).toContain('opacity:0');
  });

  it('passes on what its own page says, and nobody else', () => {
    const window = new FakeWindow();
    const heard: unknown[] = [];
    uxpWebviewFrames(window)('engine/page.html', (message) => heard.push(message));
    window.say('mine', window.element);
    window.say('from a Photoshop that names no source', undefined);
    window.say('of another webview', {});
    expect(heard).toEqual(['mine', 'from a Photoshop that names no source']);
  });

  it('sends messages, and is gone after close', () => {
    const window = new FakeWindow();
    const frame = uxpWebviewFrames(window)('engine/page.html', () => undefined);
    frame.post({ type: 'open', id: 1 });
    expect(window.posted).toEqual([{ type: 'open', id: 1 }]);
    frame.close();
    expect(window.shown).toEqual([]);
    expect(window.listeners.size).toBe(0);
  });

  it('is refused where there are no webviews', () => {
    const window = new FakeWindow();
    Reflect.deleteProperty(window.element, 'postMessage');
    expect(() => uxpWebviewFrames(window)('engine/page.html', () => undefined)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED' }) as Error,
    );
  });
});
