/** The parts of `require('uxp')` that the host uses. */
export interface UxpApi {
  readonly storage: {
    readonly secureStorage: SecureStorageApi;
    readonly localFileSystem: FileSystemApi;
    readonly formats: { readonly utf8: unknown; readonly binary: unknown };
  };
  readonly versions: { readonly uxp: string; readonly plugin: string };
  readonly host: { readonly name: string; readonly version: string; readonly uiLocale: string };
  /** Needs the permission `launchProcess`. */
  readonly shell?: ShellApi | undefined;
  readonly entrypoints: { setup(entryPoints: EntryPointsApi): void };
}

/** Both ask the user first, and answer with an error's message, or an empty text. */
export interface ShellApi {
  openExternal(address: string, developerText: string): Promise<string>;
  openPath(path: string, developerText: string): Promise<string>;
}

export interface SecureStorageApi {
  getItem(key: string): Promise<Uint8Array | null | undefined>;
  setItem(key: string, value: string): Promise<void>;
  removeItem(key: string): Promise<void>;
}

export interface FileSystemApi {
  getPluginFolder(): Promise<FolderApi>;
  /** `null`: the user pressed Cancel. */
  getFileForSaving(suggestedName: string, options: { types: readonly string[] }): Promise<FileApi | null>;
}

export interface FolderApi {
  getEntry(path: string): Promise<unknown>;
}

export interface FileApi {
  readonly name: string;
  /** As the system writes it. */
  readonly nativePath: string;
  read(options: { format: unknown }): Promise<string | ArrayBuffer>;
  write(contents: string | ArrayBuffer, options: { format: unknown }): Promise<unknown>;
}

/** Entry points must be set up at once when the plugin loads; each method has 300 ms. */
export interface EntryPointsApi {
  readonly plugin?: { create?(): void; destroy?(): void };
  readonly panels: Readonly<Record<string, PanelApi>>;
  readonly commands: Readonly<Record<string, { run(): void }>>;
}

export interface PanelApi {
  create?(rootNode: unknown): void;
  show?(rootNode: unknown): void;
  hide?(rootNode: unknown): void;
  destroy?(rootNode: unknown): void;
  menuItems?: readonly { readonly id: string; readonly label: string }[];
  invokeMenu?(id: string): void;
}

/** UXP's globals that the host uses, apart from the modules. */
export interface GlobalsApi {
  readonly platform: string;
  readonly localStorage: {
    getItem(key: string): string | null;
    setItem(key: string, value: string): void;
    removeItem(key: string): void;
  };
  /** Calls back with `uxpshowpanel` and `uxphidepanel` (UXP's document event `uxpcommand`). */
  readonly onUxpCommand?: (listener: (commandId: string) => void) => void;
  /** Since UXP 7.0; shows uncompressed pixels without a JPEG on the way. */
  readonly ImageBlob?: (new (pixels: ArrayBuffer, options: ImageBlobOptions) => object) | undefined;
  readonly createObjectURL?: (blob: object) => string;
  readonly revokeObjectURL?: (url: string) => void;
}

export interface ImageBlobOptions {
  readonly type: 'image/uncompressed';
  readonly width: number;
  readonly height: number;
  readonly colorSpace: 'RGB';
  readonly colorProfile: string;
  readonly pixelFormat: 'RGB';
  readonly components: 3;
  readonly componentSize: 8;
  readonly hasAlpha: false;
}
