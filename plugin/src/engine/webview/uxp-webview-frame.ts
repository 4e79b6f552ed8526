import { EngineError } from '../../errors.ts';
import type { OpenFrame } from './webview-frame.ts';

/** What the types of UXP 7 do not know: `<webview>` with local pages came with UXP 8.0, Photoshop 26. */
interface WebviewElement {
  src: string;
  readonly style: { cssText: string };
  postMessage(message: unknown): void;
  setAttribute(name: string, value: string): void;
  remove(): void;
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
 * no opacity, because one that is not displayed at all may not be loaded.
 */
export function uxpWebviewFrames(window: UxpWindow): OpenFrame {
  return (path, onMessage) => {
    const element = window.document.createElement('webview');
    if (typeof element.postMessage !== 'function') {
      throw new EngineError('UNSUPPORTED', 'this Photoshop has no webviews; needs Photoshop 26 or later');
    }
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
