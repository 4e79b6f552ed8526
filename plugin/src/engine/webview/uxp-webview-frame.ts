import { EngineError } from '../../errors.ts';
import type { OpenFrame } from './webview-frame.ts';

/** What the types of UXP 7 do not know: `<webview>` with local pages came with UXP 8.0, Photoshop 26. */
interface WebviewElement {
  src: string;
  readonly style: { cssText: string };
  postMessage(message: unknown): void;
  setAttribute(name: string, value: string): void;
  addEventListener(type: 'loaderror', listener: (event: { readonly message?: unknown }) => void): void;
  remove(): void;
}

/** The major version of UXP that brought local pages (Photoshop 26.0). */
const LOCAL_PAGES_SINCE = 8;

export interface WebviewFacts {
  /** "uxp-8.0.1-local", "7.2.0". */
  readonly uxpVersion: string;
  /** Whether a panel has been opened in this session: a webview in none may never load. */
  readonly hasPanel: () => boolean;
}

interface PageEvent {
  readonly source: unknown;
  readonly data: unknown;
}

interface UxpWindow {
  readonly document: {
    createElement(name: 'webview'): WebviewElement;
    readonly body: { appendChild(element: WebviewElement): void };
  };
  addEventListener(type: 'message', listener: (event: PageEvent) => void): void;
  removeEventListener(type: 'message', listener: (event: PageEvent) => void): void;
}

/**
 * Opens pages in UXP's `<webview>`. It is made by script, because one that is declared in HTML does not paint; it has a pixel and
 * no opacity, because one that is not displayed at all may not be loaded. Photoshop 25 has the element too, but shows pages of the
 * network alone: there the version decides, for nothing else does before a deadline.
 */
export function uxpWebviewFrames(window: UxpWindow, { uxpVersion, hasPanel }: WebviewFacts): OpenFrame {
  return (path, { onMessage, onFailure }) => {
    if (majorVersion(uxpVersion) < LOCAL_PAGES_SINCE) {
      throw new EngineError('UNSUPPORTED', `UXP ${uxpVersion} shows no pages of a plugin; needs Photoshop 26 or later`);
    }
    if (!hasPanel()) throw new EngineError('UNSUPPORTED', 'no panel has been opened that could hold a webview');
    const element = window.document.createElement('webview');
    if (typeof element.postMessage !== 'function') {
      throw new EngineError('UNSUPPORTED', 'this Photoshop has no webviews; needs Photoshop 26 or later');
    }
    element.addEventListener('loaderror', ({ message }) => {
      const why = typeof message === 'string' ? message : 'without a reason';
      onFailure(new EngineError('FAILED', `the webview could not load its page: ${why}`));
    });
    const listen = (event: PageEvent): void => {
      // `source` is the element; a Photoshop that leaves it out is still understood: messages are checked one by one.
      if (event.source === element || event.source === undefined || event.source === null) onMessage(event.data);
    };
    window.addEventListener('message', listen);
    element.style.cssText = 'position:absolute;left:0;top:0;width:1px;height:1px;opacity:0;pointer-events:none';
    element.setAttribute('uxpAllowInspector', 'false');
    element.src = `plugin:/${path}`;
    window.document.body.appendChild(element);
    return {
      post(message) {
        element.postMessage(message);
      },
      close() {
        window.removeEventListener('message', listen);
        element.remove();
      },
    };
  };
}

function majorVersion(version: string): number {
  return Number(/\d+/.exec(version)?.[0] ?? 0);
}
