import {
  type Adjustment,
  type ColorSpace,
  type Correction,
  type CurvesFit,
  type ImageDescription,
  type LookupTable,
  type ProxyImage,
  type Size,
  type CancelSignal,
  type ProxyInput,
  type FramedScene,
  type NoiseMeter,
} from '@evenlight/models';
import type { CleanedLayer } from './cleaning.ts';

/** A document's colour mode, as Photoshop's Image ▸ Mode menu has them. */
export type DocumentMode = 'rgb' | 'grayscale' | 'cmyk' | 'lab' | 'indexed' | 'bitmap' | 'duotone' | 'multichannel';

/** How a correction becomes part of a document: a layer of corrected pixels, a Curves or a Color Lookup adjustment layer. */
export type LayerOutput = 'pixels' | 'curves' | 'lookup';

/** What is corrected: the active layer's own pixels, or the merged visible picture. */
export type SourceKind = 'layer' | 'composite';

/** Why a document cannot be fixed as it is: its mode or depth, its artboards, or that Quick Mask is on. */
export type Obstacle = 'mode' | 'artboards' | 'quick-mask';

/**
 * Why the visible picture is corrected and not the active layer. `small`: the layer covers less than half of the canvas;
 * `own`: it is a correction that Evenlight made; `locked-group`: nothing can be added beside it.
 */
export type CompositeReason =
  | 'small'
  | 'own'
  | 'empty'
  | 'hidden'
  | 'smart-object'
  | 'group'
  | 'adjustment'
  | 'other'
  | 'locked-group'
  | 'several'
  | 'mode';

/** A rectangle in the document's pixels, whatever its resolution and its rulers; `left` and `top` may be negative. */
export interface PixelBounds {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** `other`: text, shape, fill or video layers, artboards and whatever Photoshop adds. */
export type LayerKind = 'pixel' | 'background' | 'group' | 'adjustment' | 'smart-object' | 'other';

export interface LayerInfo {
  readonly id: number;
  readonly name: string;
  readonly kind: LayerKind;
  readonly isVisible: boolean;
}

/** What is known of an open document without reading its pixels. A snapshot: ask again instead of keeping it. */
export interface DocumentInfo {
  readonly id: number;
  /** As on its tab: the file's name, or "Untitled-1". */
  readonly title: string;
  readonly mode: DocumentMode;
  readonly bitsPerChannel: 1 | 8 | 16 | 32;
  readonly width: number;
  readonly height: number;
  /** The profile's name as Photoshop has it, without " (Linear RGB Profile)"; `undefined`: untagged. */
  readonly profileName: string | undefined;
  /**
   * What the pixels are computed in. For an untagged document and for a profile that is not known it is assumed: sRGB or Gray
   * Gamma 2.2 (linear at 32 bit); for CMYK and Lab it is sRGB, which Photoshop converts their pixels to. Codes that are not to
   * change come back bit for bit whatever is assumed.
   */
  readonly colorSpace: ColorSpace;
  /** The colours are those of an assumed space: worth a word in the panel. */
  readonly isColorSpaceAssumed: boolean;
  /** The output modes this document can take, the best one first. Empty: it cannot be fixed, and `obstacle` is why. */
  readonly outputs: readonly LayerOutput[];
  /** `undefined`: it can be fixed. */
  readonly obstacle?: Obstacle | undefined;
  /** What can be corrected, the default first. The visible picture always can; it is left out where the layer is all of it. */
  readonly sources: readonly SourceKind[];
  /** Why the visible picture is the default; `undefined`: the active layer is. */
  readonly compositeReason?: CompositeReason | undefined;
  /** `undefined`: none or several are active. */
  readonly activeLayer: LayerInfo | undefined;
  readonly hasSelection: boolean;
  /** The active history state: differs as soon as anything undoable has happened. */
  readonly historyStateId: number;
}

/** Of every call that works on a document. */
export interface StepOptions {
  /** Shown in Photoshop's own progress bar, which appears after two seconds. */
  readonly title: string;
  /** Aborting rejects with `CANCELLED` and leaves the document as it was. */
  readonly signal?: CancelSignal | undefined;
  /** 0..1, rising. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
  /** Called while another modal state (a dialog, another plugin) is waited for, with Photoshop's own words on what blocks. */
  readonly onBusy?: ((blocker: string) => void) | undefined;
}

/** What to read a source for. */
export interface ReadOptions extends StepOptions {
  /** What is to be corrected, if the document has that choice. Default: its own default. */
  readonly from?: SourceKind | undefined;
  /** For a preview or a native layer: Photoshop's own smaller copy of the picture will do, and is kept as `view`. */
  readonly isGlance?: boolean | undefined;
  /** The proxy that the model wants. */
  readonly input: ProxyInput;
}

/** A picture in a document: what was read, and what must not have changed when the result is written. */
export interface Source {
  readonly document: DocumentInfo;
  /** The layer that was read; `undefined`: the merged visible picture. */
  readonly layerId: number | undefined;
  /** Where the picture lies: the visible part of the layer, or the canvas. */
  readonly bounds: PixelBounds;
  /** What its rows look like when they are corrected. */
  readonly image: ImageDescription;
  readonly proxy: ProxyImage;
  /** The photograph within its frame, if what is judged has one: of `seen` where that is there, else of the picture. */
  readonly scene?: FramedScene | undefined;
  /** What was seen where the picture lies, small: some changes, such as of a layer's eye, make no history state. */
  readonly rendering: ProxyImage;
  /** The picture for a preview, RGB bytes in sRGB, smaller than it is: where a glance was taken. */
  readonly view?: RgbImage | undefined;
  /**
   * What is seen where the layer lies, if that is more than the layer: the exposure is judged by it. Other layers may have made the
   * picture lighter already, or make it darker still.
   */
  readonly seen?: ProxyImage | undefined;
}

/** RGB bytes in sRGB, row-major: for the eye. */
export interface RgbImage extends Size {
  readonly pixels: Uint8Array;
}

/** JSON: what the settings that are stored with a layer may consist of. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** What can be changed of a layer that was placed. All texts come from the caller, in the user's language. */
export interface PlacedChange {
  readonly layerName: string;
  readonly historyName: string;
  /** 0..100. */
  readonly opacityPercent: number;
  readonly settings: JsonValue;
  /** Of the layer with the cleaned picture, if there is one. */
  readonly cleanedOpacityPercent?: number | undefined;
}

/** How the new layer is to be. The settings are stored in its XMP; {@link Host.readSettings} gives them back. */
export interface Placement extends PlacedChange {
  /** Layers of ours that the new ones take the place of, in the same history state. */
  readonly replaces?: readonly number[] | undefined;
  /** A second layer, directly above. What goes wrong with its cleaning leaves it out and keeps the first one. */
  readonly cleaned?: CleanedLayer | undefined;
}

export interface Placed {
  readonly documentId: number;
  readonly layerId: number;
  /** The state that was made: pass it on to know whether the document has been changed since. */
  readonly historyStateId: number;
  /** Whether the layer got a mask from the selection. */
  readonly isMasked: boolean;
  /** Whether the settings are stored with the layer: some layers and documents take no metadata. */
  readonly hasSettings: boolean;
  /** The layer with the cleaned picture, if there is one. */
  readonly cleanedLayerId?: number | undefined;
  /** Why the layer with the cleaned picture was left out. */
  readonly cleaningError?: unknown;
}

/** Settings found on a layer. */
export interface StoredSettings {
  readonly layerId: number;
  /** Parsed JSON of unknown shape and age. */
  readonly settings: unknown;
}

/** A small picture for an `<img>`; free it when another one takes its place. */
export interface Preview {
  readonly url: string;
  release(): void;
}

/** Where a value ended up: `secure`: the system's keychain through UXP; `plain`: local storage, because the former failed. */
export type SecretPlace = 'secure' | 'plain';

/** Small strings that outlive the session. */
export interface HostStorage {
  get(key: string): string | undefined;
  /** `undefined` removes. Never throws: a setting that cannot be kept is not worth an error. */
  set(key: string, value: string | undefined): void;
  /** @throws HostError never for a missing or unreadable secret: both are `undefined` */
  getSecret(key: string): Promise<string | undefined>;
  /** @throws HostError `STORAGE_FAILED` if neither place takes it */
  setSecret(key: string, value: string | undefined): Promise<SecretPlace>;
}

export interface HostFacts {
  readonly photoshopVersion: string;
  readonly uxpVersion: string;
  readonly pluginVersion: string;
  readonly platform: 'mac' | 'windows' | 'other';
  /** Of Photoshop's user interface: "en_US", "de_DE". */
  readonly locale: string;
}

export interface FileToSave {
  /** With its extension: "Evenlight.cube". */
  readonly suggestedName: string;
  /** Without the dot. */
  readonly extension: string;
  readonly contents: string | Uint8Array;
}

/**
 * Photoshop, as the session sees it. The one implementation is in `host/`; tests run it over a strict fake of Photoshop's API.
 *
 * Every step is a modal state of its own and as short as it can be: read, then work outside of any modal state, then write.
 * A write is one history state, and it either happens completely or leaves the document as it was.
 *
 * All methods that take a document throw HostError: `DOCUMENT_CLOSED`, `BUSY`, `CANCELLED`, `REFUSED`.
 */
export interface Host {
  readonly facts: HostFacts;
  readonly storage: HostStorage;

  /** The open documents in Photoshop's order. */
  listDocuments(): readonly DocumentInfo[];
  /** Their ids alone, which costs next to nothing. */
  documentIds(): readonly number[];
  /** `undefined`: it is not open. */
  describeDocument(documentId: number): DocumentInfo | undefined;
  activeDocument(): DocumentInfo | undefined;
  /** Makes the document the active one; nothing happens if it is closed. */
  setActiveDocument(documentId: number, options: StepOptions): Promise<void>;
  /** Calls back after documents were opened, closed, selected or changed; not for every stroke. Returns: stops listening. */
  onDocumentsChanged(listener: () => void): () => void;

  /**
   * Reads the picture strip by strip and averages it down to its proxy. Nothing in the document changes.
   *
   * @throws HostError also `UNSUPPORTED_DOCUMENT`, `NO_PIXELS`
   */
  readSource(documentId: number, options: ReadOptions): Promise<Source>;

  /**
   * Reads those rows of a source that a meter wants to see, as it was read before, at full size and in its own format.
   *
   * @throws HostError
   */
  readRows(source: Source, meter: Pick<NoiseMeter, 'strips' | 'add'>, options: StepOptions): Promise<void>;

  /**
   * Reads part of a source as it was read before, at full size: for a preview at 100 %.
   *
   * @param area in the document's pixels, inside of the source's bounds
   * @throws HostError
   */
  readPart(source: Source, area: PixelBounds, options: StepOptions): Promise<RgbImage>;
  /**
   * Reads a small picture of what is seen of a document, from the smallest copy that Photoshop keeps.
   *
   * @throws HostError also for documents whose mode Photoshop does not convert
   */
  readThumbnail(documentId: number, options: StepOptions & { readonly side: number }): Promise<RgbImage>;
  /** Pixels of the screen for one of the panel's, of the main display: UXP's own `devicePixelRatio` is always 1. */
  displayScale(): Promise<number>;

  /**
   * Reads the picture again, corrects it strip by strip and writes it as a pixel layer above its source.
   *
   * Whatever is placed, the visible picture is compared before and after: a layer that does not show is taken back.
   *
   * @throws HostError also `DOCUMENT_CHANGED`, `UNSUPPORTED_DOCUMENT`, `NOT_APPLIED`
   */
  placePixels(
    source: Source,
    layer: Placement & { readonly correction: Correction; readonly adjustment: Adjustment },
    options: StepOptions,
  ): Promise<Placed>;
  /**
   * Makes a Curves adjustment layer above the source, clipped to it unless the source is the whole picture below.
   *
   * @throws HostError also `DOCUMENT_CHANGED`, `UNSUPPORTED_DOCUMENT`, `NOT_APPLIED`
   */
  placeCurves(
    source: Source,
    layer: Placement & { readonly fit: CurvesFit; readonly target: ProxyImage },
    options: StepOptions,
  ): Promise<Placed>;
  /**
   * Makes a Color Lookup adjustment layer above the source.
   *
   * @throws HostError also `DOCUMENT_CHANGED`, `UNSUPPORTED_DOCUMENT`, `NOT_APPLIED`
   */
  placeLookup(
    source: Source,
    layer: Placement & { readonly table: LookupTable },
    options: StepOptions,
  ): Promise<Placed>;

  /**
   * Changes the opacities, name and stored settings of a placed layer, in one history state.
   *
   * @throws HostError also `DOCUMENT_CHANGED` if the layer is gone, `NOT_APPLIED`
   */
  fadeLayer(placed: Placed, change: PlacedChange, options: StepOptions): Promise<Placed>;
  /**
   * Removes a placed layer, and the one with the cleaned picture, in one history state.
   *
   * @throws HostError also `DOCUMENT_CHANGED` if the layer is gone, `NOT_APPLIED`
   */
  removeLayer(placed: Placed, historyName: string, options: StepOptions): Promise<void>;

  /** The settings of the active layer if it has some, else of the newest layer of ours; `undefined`: there are none. */
  readSettings(documentId: number, options: StepOptions): Promise<StoredSettings | undefined>;

  /** Adds a step to the action that is being recorded; false if none is, or if this Photoshop cannot. it gets `info` back when it is played. */
  recordStep(step: { readonly name: string; readonly methodName: string }, info: JsonObject): Promise<boolean>;

  /** Asks the user where to and writes a file. @returns its name, `undefined` if the user changed his mind */
  saveFile(file: FileToSave): Promise<string | undefined>;
  /** A file of the installed plugin, by its path inside it: `models/exposure/contract.json`. */
  readPluginFile(path: string): Promise<Uint8Array>;
  /** Something an `<img>` can show. */
  createPreview(image: RgbImage): Promise<Preview>;
  /**
   * Opens a page in the system's browser. UXP asks the user first, with these words.
   *
   * @throws HostError `REFUSED`
   */
  openAddress(address: string, why: string): Promise<void>;
  /** As {@link openAddress}, with a file of the installed plugin in the program that opens such files. */
  openPluginFile(path: string, why: string): Promise<void>;
  /** Photoshop's plain message box, for commands that run while the panel is closed. */
  showMessage(text: string): Promise<void>;
}
