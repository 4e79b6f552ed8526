import { buildProxy, codeOf, colorSpaces, type NoiseMeter, type PixelImage, proxySize } from '@evenlight/models';
import type { CleanedLayer } from '@evenlight/plugin/src/cleaning.ts';
import { HostError } from '@evenlight/plugin/src/errors.ts';
import type {
  DocumentInfo,
  FileToSave,
  Host,
  HostFacts,
  HostStorage,
  JsonValue,
  LayerOutput,
  Placed,
  PixelBounds,
  PlacedChange,
  Placement,
  Preview,
  ReadOptions,
  RgbImage,
  Source,
  StepOptions,
  StoredSettings,
} from '@evenlight/plugin/src/host.ts';

/** Storage that forgets everything with the test. */
export class MemoryStorage implements HostStorage {
  readonly values = new Map<string, string>();
  readonly secrets = new Map<string, string>();
  secretPlace: 'secure' | 'plain' = 'secure';

  get(key: string): string | undefined {
    return this.values.get(key);
  }

  set(key: string, value: string | undefined): void {
    if (value === undefined) this.values.delete(key);
    else this.values.set(key, value);
  }

  getSecret(key: string): Promise<string | undefined> {
    return Promise.resolve(this.secrets.get(key));
  }

  setSecret(key: string, value: string | undefined): Promise<'secure' | 'plain'> {
    if (value === undefined) this.secrets.delete(key);
    else this.secrets.set(key, value);
    return Promise.resolve(this.secretPlace);
  }
}

export interface PlacedLayer extends Placement {
  readonly documentId: number;
  readonly output: LayerOutput;
  readonly details: object;
}

interface MemoryDocument {
  info: DocumentInfo;
  readonly image: PixelImage;
}

/** A picture of one gray level, 0..255. */
export function flatPicture(level: number, size = 16): PixelImage {
  const pixels = new Uint8Array(size * size * 3).fill(level);
  return {
    width: size,
    height: size,
    channels: 3,
    format: 'uint8',
    colorSpace: colorSpaces.srgb,
    pixels,
    rowStride: size * 3,
  };
}

/** A Photoshop without Photoshop: documents are pictures in memory, layers are remembered, nothing is modal. */
export class MemoryHost implements Host {
  facts: HostFacts = {
    photoshopVersion: '26.0.0',
    uxpVersion: '8.0.1',
    pluginVersion: '0.1.0',
    platform: 'mac',
    locale: 'en_US',
  };
  readonly storage = new MemoryStorage();
  readonly layers: PlacedLayer[] = [];
  readonly files: FileToSave[] = [];
  readonly recorded: { name: string; methodName: string; info: JsonValue }[] = [];
  readonly messages: string[] = [];
  readonly reads: number[] = [];
  readonly removed: number[] = [];
  /** Rows that came back cleaned, of each layer. */
  readonly cleaned: Uint8Array[][] = [];
  /** Areas that were read at full size. */
  readonly parts: PixelBounds[] = [];
  /** Documents whose small picture was read. */
  readonly thumbnails: number[] = [];
  /** What the panel has shown. */
  readonly pictures: RgbImage[] = [];
  /** What it shows no more. */
  readonly released: RgbImage[] = [];
  /** Pixels of the screen for one of the panel's. */
  scale = 1;
  /** Pages that were opened outside of Photoshop. */
  readonly opened: string[] = [];
  readonly readOptions: ReadOptions[] = [];
  isRecording = false;
  savesAs: string | undefined = 'saved';
  /** Called at the start of every read and write; may throw, change documents or wait. */
  onStep: (step: 'read' | 'write', documentId: number, options: StepOptions) => Promise<void> | void = () => undefined;
  readonly #documents = new Map<number, MemoryDocument>();
  readonly #listeners = new Set<() => void>();
  #activeId: number | undefined;
  #lastId = 0;
  #lastState = 100;

  /** Opens a document and makes it the active one. */
  open(image: PixelImage = flatPicture(60), change: Partial<DocumentInfo> = {}): DocumentInfo {
    const id = ++this.#lastId;
    const info: DocumentInfo = {
      ...{ id, title: `photo-${id}.tif`, mode: 'rgb', bitsPerChannel: 8, width: image.width, height: image.height },
      ...{ profileName: 'sRGB IEC61966-2.1', colorSpace: colorSpaces.srgb, isColorSpaceAssumed: false },
      ...{ outputs: ['pixels', 'curves', 'lookup'], sources: ['layer', 'composite'], hasSelection: false },
      activeLayer: { id: 1, name: 'Background', kind: 'background', isVisible: true },
      historyStateId: ++this.#lastState,
      ...change,
    };
    this.#documents.set(id, { info, image });
    this.#activeId = id;
    this.#changed();
    return info;
  }

  close(documentId: number): void {
    this.#documents.delete(documentId);
    if (this.#activeId === documentId) this.#activeId = [...this.#documents.keys()].at(-1);
    this.#changed();
  }

  /** Something undoable has happened. */
  touch(documentId: number): void {
    const document = this.#get(documentId);
    document.info = { ...document.info, historyStateId: ++this.#lastState };
    this.#changed();
  }

  listDocuments(): readonly DocumentInfo[] {
    return [...this.#documents.values()].map(({ info }) => info);
  }

  documentIds(): readonly number[] {
    return [...this.#documents.keys()];
  }

  describeDocument(documentId: number): DocumentInfo | undefined {
    return this.#documents.get(documentId)?.info;
  }

  activeDocument(): DocumentInfo | undefined {
    return this.listDocuments().find(({ id }) => id === this.#activeId);
  }

  setActiveDocument(documentId: number): Promise<void> {
    if (this.#documents.has(documentId)) this.#activeId = documentId;
    this.#changed();
    return Promise.resolve();
  }

  onDocumentsChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async readSource(documentId: number, options: ReadOptions): Promise<Source> {
    this.reads.push(documentId);
    this.readOptions.push(options);
    await this.#step('read', documentId, options);
    const { info, image } = this.#get(documentId);
    const proxy = buildProxy(image, proxySize(options, image));
    options.onProgress?.(1);
    const { width, height, channels, format, colorSpace } = image;
    const bounds = { left: 0, top: 0, width, height };
    const described = { width, height, channels, format, colorSpace };
    return { document: info, layerId: 1, bounds, proxy, rendering: proxy, image: described };
  }

  async readRows({ document }: Source, meter: Pick<NoiseMeter, 'strips' | 'add'>, options: StepOptions): Promise<void> {
    await this.#step('read', document.id, options);
    const { pixels, rowStride } = this.#get(document.id).image;
    for (const strip of meter.strips) {
      const { firstRow, rowCount } = strip;
      meter.add(pixels.slice(firstRow * rowStride, (firstRow + rowCount) * rowStride), strip);
    }
  }

  async readPart(source: Source, area: PixelBounds, options: StepOptions): Promise<RgbImage> {
    this.parts.push(area);
    await this.#step('read', source.document.id, options);
    const { width, height } = area;
    return { width, height, pixels: new Uint8Array(width * height * 3).fill(60) };
  }

  async readThumbnail(documentId: number, options: StepOptions & { readonly side: number }): Promise<RgbImage> {
    this.thumbnails.push(documentId);
    await this.#step('read', documentId, options);
    return { width: options.side, height: options.side, pixels: new Uint8Array(options.side ** 2 * 3) };
  }

  displayScale(): Promise<number> {
    return Promise.resolve(this.scale);
  }

  placePixels: Host['placePixels'] = (source, layer, options) => this.#place('pixels', source, layer, options);
  placeCurves: Host['placeCurves'] = (source, layer, options) => this.#place('curves', source, layer, options);
  placeLookup: Host['placeLookup'] = (source, layer, options) => this.#place('lookup', source, layer, options);

  fadeLayer(placed: Placed, change: PlacedChange): Promise<Placed> {
    const index = placed.layerId - 2;
    const layer = this.layers[index];
    if (layer === undefined) throw new HostError('DOCUMENT_CHANGED', `layer ${placed.layerId} is gone`);
    this.layers[index] = { ...layer, ...change };
    this.touch(placed.documentId);
    return Promise.resolve({ ...placed, historyStateId: this.#get(placed.documentId).info.historyStateId });
  }

  removeLayer(placed: Placed): Promise<void> {
    this.removed.push(placed.layerId, ...(placed.cleanedLayerId === undefined ? [] : [placed.cleanedLayerId]));
    this.touch(placed.documentId);
    return Promise.resolve();
  }

  readSettings(documentId: number): Promise<StoredSettings | undefined> {
    const layer = this.layers.filter((candidate) => candidate.documentId === documentId).at(-1);
    return Promise.resolve(layer === undefined ? undefined : { layerId: 2, settings: layer.settings });
  }

  recordStep(step: { name: string; methodName: string }, info: JsonValue): Promise<boolean> {
    if (this.isRecording) this.recorded.push({ ...step, info });
    return Promise.resolve(this.isRecording);
  }

  saveFile(file: FileToSave): Promise<string | undefined> {
    if (this.savesAs !== undefined) this.files.push(file);
    return Promise.resolve(this.savesAs);
  }

  readPluginFile(path: string): Promise<Uint8Array> {
    return Promise.reject(new HostError('STORAGE_FAILED', `no file ${path}`));
  }

  createPreview(image: RgbImage): Promise<Preview> {
    this.pictures.push(image);
    return Promise.resolve({
      url: `preview:${image.width}x${image.height}`,
      release: () => void this.released.push(image),
    });
  }

  openAddress(address: string): Promise<void> {
    this.opened.push(address);
    return Promise.resolve();
  }

  openPluginFile(path: string): Promise<void> {
    this.opened.push(path);
    return Promise.resolve();
  }

  showMessage(text: string): Promise<void> {
    this.messages.push(text);
    return Promise.resolve();
  }

  async #place(output: LayerOutput, source: Source, layer: Placement, options: StepOptions): Promise<Placed> {
    const documentId = source.document.id;
    await this.#step('write', documentId, options);
    const { info } = this.#get(documentId);
    if (info.historyStateId !== source.document.historyStateId) {
      throw new HostError('DOCUMENT_CHANGED', `${info.title} has changed`);
    }
    const cleaned = layer.cleaned === undefined ? {} : await this.#clean(documentId, layer.cleaned);
    options.onProgress?.(1);
    this.touch(documentId);
    this.layers.push({ ...layer, documentId, output, details: layer });
    const { historyStateId } = this.#get(documentId).info;
    return {
      documentId,
      layerId: this.layers.length + 1,
      historyStateId,
      isMasked: info.hasSelection,
      hasSettings: true,
      ...cleaned,
    };
  }

  /** Layers with cleaned pictures have ids from 1000 on. */
  async #clean(
    documentId: number,
    { cleaner }: CleanedLayer,
  ): Promise<Pick<Placed, 'cleanedLayerId' | 'cleaningError'>> {
    const { pixels, rowStride } = this.#get(documentId).image;
    const written: Uint8Array[] = [];
    try {
      await cleaner.clean({
        readRows: (firstRow, rowCount) =>
          new Uint8Array(pixels.slice(firstRow * rowStride, (firstRow + rowCount) * rowStride)),
        writeRows: (bytes) => void written.push(bytes.slice()),
      });
    } catch (error) {
      if (codeOf(error) === 'CANCELLED') throw error;
      return { cleaningError: error };
    }
    this.cleaned.push(written);
    return { cleanedLayerId: 999 + this.cleaned.length };
  }

  async #step(step: 'read' | 'write', documentId: number, options: StepOptions): Promise<void> {
    await this.onStep(step, documentId, options);
    if (options.signal?.aborted === true) throw new HostError('CANCELLED', 'cancelled');
  }

  #get(documentId: number): MemoryDocument {
    const document = this.#documents.get(documentId);
    if (document === undefined) throw new HostError('DOCUMENT_CLOSED', `document ${documentId} is closed`);
    return document;
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
