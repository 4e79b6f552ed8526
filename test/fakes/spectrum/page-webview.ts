/** UXP's `<webview>` as a frame of the page: messages are JSON in both directions, and come from the element. */
class PageWebview {
  readonly element = document.createElement('iframe');

  constructor() {
    Object.assign(this.element, {
      postMessage: (message: unknown) => this.#toPage(JSON.stringify(message)),
      fromPage: (json: string) => this.#fromPage(json),
    });
    Object.defineProperty(this.element, 'src', {
      set: (url: string) => this.element.setAttribute('src', url.replace(/^plugin:\//, '/plugin/')),
    });
  }

  #toPage(json: string): void {
    const page = this.element.contentWindow as (Window & typeof globalThis) | null;
    if (page === null) return;
    const event = new page.MessageEvent('message', { data: page.JSON.parse(json) as unknown });
    // As its own task, as a message between processes is.
    setTimeout(() => page.dispatchEvent(event));
  }

  #fromPage(json: string): void {
    const event = new MessageEvent('message', { data: JSON.parse(json) as unknown });
    Object.defineProperty(event, 'source', { value: this.element });
    setTimeout(() => window.dispatchEvent(event));
  }
}

/** Lets `document.createElement` make webviews, as Photoshop 26 and later do; before, it makes an element that does nothing. */
export function installWebviews(): void {
  const html = 'http://www.w3.org/1999/xhtml';
  const create = (name: string): Element =>
    name === 'webview' ? new PageWebview().element : document.createElementNS(html, name);
  Object.defineProperty(document, 'createElement', { value: create, configurable: true });
}
