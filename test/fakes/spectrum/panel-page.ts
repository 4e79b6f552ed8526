/**
 * A page in which the built plugin runs as it does in Photoshop: `require` gives the strict fake, widgets are stand-ins. Bundled
 * for the browser and driven by Playwright through `window.evenlight`.
 */
import { createFakePhotoshop, type FakeControl } from '../photoshop/fake-photoshop.ts';
import type { FakeDocumentOptions, FakeLayerOptions } from '../photoshop/fake-document.ts';
import { lowContrast } from './contrast.ts';
import { installWebviews } from './page-webview.ts';
import { decideColorScheme, themeCss, type HostTheme } from './host-theme.ts';
import type { BootOptions, PanelPageApi, RemotePicture, ShownRung } from './panel-page-api.ts';
import { defineSpectrumWidgets } from './spectrum-widgets.ts';

/** A browser has them, UXP does not. */
const FOREIGN_GLOBALS = ['TextEncoder', 'TextDecoder', 'Worker', 'SharedWorker', 'matchMedia', 'createImageBitmap'];

class PanelPage implements PanelPageApi {
  #control: FakeControl | undefined;

  get control(): FakeControl {
    if (this.#control === undefined) throw new Error('not booted');
    return this.#control;
  }

  async boot({ theme, locale, platform, hasWebviews = false, photoshop = {} }: BootOptions): Promise<void> {
    defineSpectrumWidgets();
    await this.dress(theme);
    const fake = createFakePhotoshop({
      ...photoshop,
      ...(locale === undefined ? {} : { locale }),
      ...(platform === undefined ? {} : { platform }),
      version: hasWebviews ? '26.1.0' : '25.1.0',
      uxpVersion: hasWebviews ? '8.1.0' : '7.2.0',
      pluginFiles: { get: (path) => bytesOf(`plugin/${path}`).catch(() => undefined) },
    });
    this.#control = fake.control;
    // The plugin evaluates the second one only when it tries that engine, and asks for it without waiting.
    for (const path of ['main.js', 'engine/onnx-runtime.js']) await loadScript(`/module/${path}`);
    if (canMakeCode()) throw new Error('this page makes code from strings, which UXP refuses');
    const { localStorage } = fake.globals as { localStorage: object };
    Object.defineProperty(globalThis, 'localStorage', { value: localStorage, configurable: true });
    Object.assign(globalThis, { ImageBlob: PageImageBlob });
    if (hasWebviews) installWebviews();
    else tellElementsOfTheirSize();
    for (const name of FOREIGN_GLOBALS) Reflect.deleteProperty(globalThis, name);
    evaluate('main.js', new Map(Object.entries({ photoshop: fake.photoshop, uxp: fake.uxp, os: fake.os })));
  }

  async openPanel(): Promise<void> {
    await this.control.uxp.openPanel('evenlight', document.body);
  }

  async openPicture(picture: RemotePicture): Promise<void> {
    this.control.open(await documentOf(picture));
  }

  pressOnceSeen(button: string, pattern: string): void {
    const text = new RegExp(pattern);
    const panel = document.querySelector('.ev-panel')!;
    const watch = new MutationObserver(() => {
      const seen = [...panel.querySelectorAll<HTMLElement>('*')].filter((element) => element.checkVisibility());
      const wanted = seen.find(({ textContent, localName }) => localName === 'sp-button' && textContent === button);
      if (wanted === undefined || !seen.some(({ textContent }) => text.test(textContent))) return;
      watch.disconnect();
      wanted.click();
    });
    watch.observe(panel, { attributes: true, characterData: true, childList: true, subtree: true });
  }

  record(isOn: boolean): string[] {
    this.control.isRecording = isOn;
    return this.control.recorded.map(({ methodName }) => methodName);
  }

  async playBatch(pictures: readonly RemotePicture[]): Promise<{ readonly before: number; readonly after: number }[]> {
    const files = await Promise.all(pictures.map(documentOf));
    const saved = await this.control.playBatch(this.control.recorded, files);
    return files.map(({ layers }, i) => ({ before: meanOf(layers[0]!.pixels!), after: meanOf(saved[i]!) }));
  }

  brightness(title: string): number {
    return meanOf(this.control.composite(title));
  }

  neededHeight(): number {
    const body = document.querySelector('.ev-body')!;
    return Math.max(240, innerHeight + body.scrollHeight - body.clientHeight);
  }

  lowContrast(): string[] {
    return lowContrast(document.querySelector('.ev-panel')!);
  }

  layers(title: string): string[] {
    return this.control.document(title).state.layers.map(({ name }) => name);
  }

  layerKinds(title: string): string[] {
    return this.control.document(title).state.layers.map(({ kind }) => kind);
  }

  activeTitle(): string | undefined {
    return this.control.session.activeDocument?.title;
  }

  touch(title: string): void {
    this.control.touch(title);
  }

  history(title: string): string[] {
    return this.control.document(title).history.map(({ name }) => name);
  }

  layerPixels(title: string, name: string): string {
    const { surface } = this.control.layer(title, name);
    if (surface === undefined) throw new Error(`${name} has no pixels`);
    const { samples, components, hasAlpha } = surface;
    const colors = hasAlpha ? samples.filter((_, i) => i % components !== components - 1) : samples;
    const bytes = new Uint8Array(colors.buffer, colors.byteOffset, colors.byteLength);
    let text = '';
    for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
    return btoa(text);
  }

  async runCommand(id: string): Promise<void> {
    await this.control.uxp.runCommand(id);
  }

  savedFiles(): Readonly<Record<string, string | number>> {
    const files = [...this.control.uxp.savedFiles];
    return Object.fromEntries(files.map(([name, bytes]) => [name, typeof bytes === 'string' ? bytes : bytes.length]));
  }

  foreignGlobals(): readonly string[] {
    return FOREIGN_GLOBALS.filter((name) => name in globalThis);
  }

  alerts(): readonly string[] {
    return this.control.alerts;
  }

  diagnosis(): readonly ShownRung[] {
    return [...document.querySelectorAll('.ev-group .ev-rung')].map((rung) => ({
      name: rung.querySelector('.ev-rung-name')?.textContent ?? '',
      mark: /is-(\w+)/.exec(rung.className)?.[1] ?? '',
      advice: rung.querySelector('.ev-advice')?.textContent ?? undefined,
    }));
  }

  focusedName(): string {
    const focused = document.activeElement;
    return focused?.getAttribute('data-name') ?? focused?.textContent ?? '';
  }

  textsCutOff(): string[] {
    return [...document.querySelectorAll<HTMLElement>('.ev-panel *')]
      .flatMap((element) => [element, ...innerParts(element)].map((part) => ({ part, element })))
      .filter(({ part, element }) => part.checkVisibility() && !isDocumentName(element) && !isDocumentName(part))
      .filter(({ part }) => isCutOff(part))
      .map(({ part, element }) => `${element.localName}.${element.className}: ${part.textContent}`);
  }

  async dress(theme: HostTheme): Promise<void> {
    const own = await (await fetch('/plugin/styles.css')).text();
    const style = document.querySelector('style') ?? document.createElement('style');
    style.textContent = `${themeCss(theme)}\n${decideColorScheme(own, theme)}`;
    document.head.append(style);
  }
}

/** A script of the plugin's, wrapped by the server: it adds itself to the modules. */
async function loadScript(url: string): Promise<void> {
  const script = document.createElement('script');
  script.src = url;
  await new Promise<void>((resolve, reject) => {
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`${url} cannot be loaded`));
    document.head.append(script);
  });
}

function canMakeCode(): boolean {
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- The question is whether it is refused.
    new Function('');
    return true;
  } catch {
    return false;
  }
}

type Module = (require: (name: string) => object, module: { exports: object }, exports: object) => void;

const modules = new Map<string, Module>();

/** What Photoshop does with a file of the plugin's. */
function evaluate(path: string, own: ReadonlyMap<string, object>): object {
  const load = modules.get(path);
  if (load === undefined) throw new Error(`there is no module ${path}`);
  const module = { exports: {} };
  load((name) => own.get(name) ?? evaluate(name.replace(/^\.\//, ''), own), module, module.exports);
  return module.exports;
}

async function documentOf({
  url,
  bits,
  profile,
  retouchLayer,
  ...rest
}: RemotePicture): Promise<FakeDocumentOptions & { readonly layers: readonly FakeLayerOptions[] }> {
  const bytes = await bytesOf(url);
  const pixels = bits === 8 ? bytes : new Uint16Array(bytes.buffer);
  const retouch = { name: retouchLayer ?? '', left: 4, top: 4, width: 8, height: 8, pixels: retouchPixels(bits) };
  const background = { name: 'Background', kind: 'background', pixels } as const;
  return {
    ...{ ...rest, bits, layers: [...(retouchLayer === undefined ? [] : [retouch]), background] },
    ...(profile === undefined ? {} : { profile }),
  };
}

/** 8 × 8 opaque gray pixels. */
function retouchPixels(bits: 8 | 16): Uint8Array | Uint16Array {
  const gray = (full: number): number[] => Array.from({ length: 256 }, (_, i) => (i % 4 === 3 ? full : full / 4));
  return bits === 8 ? Uint8Array.from(gray(255)) : Uint16Array.from(gray(32768));
}

/** Before UXP 8.1 there is no `ResizeObserver`; an element is told by an event that a browser's elements do not get. */
function tellElementsOfTheirSize(): void {
  const Observer = globalThis.ResizeObserver;
  Reflect.deleteProperty(globalThis, 'ResizeObserver');
  const add = HTMLElement.prototype.addEventListener;
  HTMLElement.prototype.addEventListener = function (this: HTMLElement, ...listener: Parameters<typeof add>) {
    if (listener[0] === 'resize') new Observer(() => this.dispatchEvent(new Event('resize'))).observe(this);
    add.apply(this, listener);
  };
}

function meanOf(samples: ArrayLike<number>): number {
  return Array.from(samples).reduce((sum, code) => sum + code, 0) / samples.length;
}

function innerParts({ shadowRoot }: Element): readonly HTMLElement[] {
  return shadowRoot === null ? [] : [...shadowRoot.querySelectorAll<HTMLElement>('*')];
}

function isDocumentName(element: Element): boolean {
  const lists = ['Reference photo', 'Referenzfoto'].map((label) => `.ev-dropdown[data-name="${label}"]`);
  return element.matches(['.ev-title', '.ev-line *', ...lists].join());
}

function isCutOff(element: HTMLElement): boolean {
  const isOutside = element.getBoundingClientRect().right > document.documentElement.clientWidth;
  const isBox = getComputedStyle(element).display !== 'inline';
  return isOutside || (isBox && element.scrollWidth > element.clientWidth + 1);
}

async function bytesOf(path: string): Promise<Uint8Array> {
  const response = await fetch(`/${path.replace(/^\//, '')}`);
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** UXP's `ImageBlob` of uncompressed RGB, as a bitmap file that a browser can show. */
class PageImageBlob extends Blob {
  constructor(pixels: ArrayBuffer, { width, height }: { width: number; height: number }) {
    if (pixels.byteLength !== width * height * 3) {
      throw new Error(`ImageBlob has ${pixels.byteLength} bytes, needs ${width * height * 3}`);
    }
    super([bitmapFile(new Uint8Array(pixels), width, height)], { type: 'image/bmp' });
  }
}

/** BITMAPFILEHEADER and BITMAPINFOHEADER, then rows from the bottom, blue first, padded to four bytes. */
function bitmapFile(rgb: Uint8Array, width: number, height: number): ArrayBuffer {
  const rowBytes = Math.ceil((width * 3) / 4) * 4;
  const file = new Uint8Array(54 + rowBytes * height);
  const view = new DataView(file.buffer);
  file.set([0x42, 0x4d]);
  view.setUint32(2, file.length, true);
  view.setUint32(10, 54, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      const to = 54 + (height - 1 - y) * rowBytes + x * 3;
      file.set([rgb[from + 2] ?? 0, rgb[from + 1] ?? 0, rgb[from] ?? 0], to);
    }
  }
  return file.buffer;
}

Object.assign(window, { evenlight: new PanelPage(), evenlightModules: modules });
