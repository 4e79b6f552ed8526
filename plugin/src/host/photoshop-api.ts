import { type PixelArray } from '@evenlight/models';
/**
 * The parts of `require('photoshop')` that the host uses, as Adobe documents them (Photoshop 25.1 and later; what is newer or may
 * be missing is optional). Written out, because `@types/photoshop` is older than some of it, and so that tests can hand in a
 * strict fake.
 */
export interface PhotoshopApi {
  readonly app: AppApi;
  readonly core: CoreApi;
  readonly action: ActionApi;
  readonly imaging?: ImagingApi | undefined;
}

export interface AppApi {
  /** `null` when no document is open; setting needs a modal scope. */
  activeDocument: DocumentApi | null;
  readonly documents: ArrayLike<DocumentApi>;
}

export interface DocumentApi {
  readonly id: number;
  readonly title: string;
  /** `RGBColorMode`, `CMYKColorMode`, `labColorMode`, `grayscaleMode`, `indexedColorMode`, `bitmapMode`, `duotoneMode`, `multichannelMode`. */
  readonly mode: string;
  /** `bitDepth1`, `bitDepth8`, `bitDepth16`, `bitDepth32`; plain numbers in some versions. */
  readonly bitsPerChannel: string | number;
  readonly colorProfileName: string;
  /** `none`, `workingSpaceCode`, `custom`. */
  readonly colorProfileType: string;
  readonly width: number;
  readonly height: number;
  /** From top to bottom. */
  readonly layers: ArrayLike<LayerApi>;
  readonly activeLayers: ArrayLike<LayerApi>;
  readonly backgroundLayer: LayerApi | null;
  readonly activeHistoryState: { readonly id: number } | null;
  readonly selection?: SelectionApi | undefined;
  readonly quickMaskMode?: boolean | undefined;
  readonly artboards?: ArrayLike<unknown> | null | undefined;
  createPixelLayer(options: { name: string; opacity: number }): Promise<LayerApi | null>;
}

export interface SelectionApi {
  readonly bounds: RectangleApi | null;
  deselect(): Promise<void>;
}

export interface LayerApi {
  readonly id: number;
  name: string;
  /** `pixel`, `group`, `curves`, `smartObject`, … */
  readonly kind: string | null;
  visible: boolean;
  readonly allLocked?: boolean | undefined;
  readonly isBackgroundLayer: boolean;
  readonly boundsNoEffects: RectangleApi;
  readonly blendMode: string;
  readonly fillOpacity: number;
  readonly parent: LayerApi | null;
  /** Of a group, from top to bottom. */
  readonly layers?: ArrayLike<LayerApi> | null | undefined;
  opacity: number;
  isClippingMask: boolean;
  move(relativeTo: LayerApi, placement: string): unknown;
  delete(): unknown;
}

/** Right and bottom are outside. */
export interface RectangleApi {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** An action descriptor, there and back. */
export interface Descriptor {
  readonly _obj: string;
  readonly [key: string]: unknown;
}

export interface ActionApi {
  batchPlay(commands: readonly Descriptor[], options: object): Promise<readonly Record<string, unknown>[]>;
  /** Since 25.0. */
  recordAction?(step: { name: string; methodName: string }, info: object): Promise<void>;
  addNotificationListener(events: readonly string[], listener: () => void): Promise<void>;
  removeNotificationListener(events: readonly string[], listener: () => void): Promise<void>;
}

export interface CoreApi {
  executeAsModal<T>(
    target: (context: ModalContextApi) => Promise<T>,
    options: { commandName: string; timeOut?: number },
  ): Promise<T>;
  showAlert(options: { message: string }): Promise<void>;
  /** Since 23.3. */
  getDisplayConfiguration?(options: object): Promise<readonly { isPrimary: boolean; scaleFactor: number }[]>;
}

export interface ModalContextApi {
  readonly isCancelled: boolean;
  onCancel: (() => void) | undefined;
  reportProgress(progress: { value?: number; commandName?: string }): void;
  readonly hostControl: {
    suspendHistory(options: { documentID: number; name: string }): Promise<unknown>;
    resumeHistory(suspension: unknown, commit?: boolean): Promise<void>;
  };
}

/** `PhotoshopImageData`: pixels that Photoshop holds until `dispose`. */
export interface ImageDataApi {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly componentSize: number;
  readonly colorProfile: string;
  getData(options: { chunky?: boolean; fullRange?: boolean }): Promise<PixelArray>;
  /** Synchronous in the documentation, a promise in the types. */
  dispose(): unknown;
}

export interface ImagingApi {
  getPixels(options: {
    documentID: number;
    layerID?: number;
    historyStateID?: number;
    sourceBounds: RectangleApi;
    targetSize?: { width: number; height: number };
    colorSpace?: 'RGB' | 'Grayscale';
    colorProfile?: string;
    componentSize?: -1 | 8 | 16 | 32;
  }): Promise<{ imageData: ImageDataApi; sourceBounds: RectangleApi; level: number }>;
  putPixels(options: {
    documentID: number;
    layerID: number;
    imageData: ImageDataApi;
    replace: boolean;
    targetBounds: { left: number; top: number };
  }): Promise<void>;
  getLayerMask(options: {
    documentID: number;
    layerID: number;
    kind: 'user';
  }): Promise<{ imageData: ImageDataApi; sourceBounds: RectangleApi }>;
  putLayerMask(options: {
    documentID: number;
    layerID: number;
    kind: 'user';
    imageData: ImageDataApi;
    replace: boolean;
    targetBounds: { left: number; top: number };
  }): Promise<void>;
  getSelection(options: { documentID: number }): Promise<{ imageData: ImageDataApi; sourceBounds: RectangleApi }>;
  putSelection(options: {
    documentID: number;
    imageData: ImageDataApi;
    replace: boolean;
    targetBounds: { left: number; top: number };
  }): Promise<void>;
  createImageDataFromBuffer(
    samples: PixelArray,
    options: {
      width: number;
      height: number;
      components: number;
      colorSpace: 'RGB' | 'Grayscale';
      colorProfile?: string;
      chunky?: boolean;
      fullRange?: boolean;
    },
  ): Promise<ImageDataApi>;
  encodeImageData(options: { imageData: ImageDataApi; base64: true }): Promise<number[] | string>;
}
