import { photoshopError } from './modal-machine.ts';

/**
 * Entry points have this long. It is counted in short timers, one after the other: while a busy machine lets nothing run, no time
 * passes.
 */
const ENTRY_POINT_MS = 300;
const TICK_MS = 10;

export interface UxpOptions {
  readonly version?: string;
  readonly uxpVersion?: string;
  readonly platform?: 'darwin' | 'win10';
  readonly locale?: string;
  readonly pluginVersion?: string;
  /** Of the manifest. Default: nothing may be opened. */
  readonly launchProcess?: { readonly schemes: readonly string[]; readonly extensions: readonly string[] };
  /** Files of the installed plugin, by path. */
  readonly pluginFiles?: { get(path: string): Uint8Array | undefined | Promise<Uint8Array | undefined> };
}

/** Where the system keeps the plugin's files. */
const PLUGIN_FOLDER = '/Plugins/evenlight/';

type EntryPoint = (...values: unknown[]) => unknown;

interface EntryPoints {
  readonly plugin?: { create?: EntryPoint; destroy?: EntryPoint };
  readonly panels?: Readonly<
    Record<
      string,
      {
        create?: EntryPoint;
        show?: EntryPoint;
        invokeMenu?: EntryPoint;
        menuItems?: readonly { id: string; label: string }[];
      }
    >
  >;
  readonly commands?: Readonly<Record<string, { run: EntryPoint }>>;
}

/** UXP around the plugin: storage, files, entry points. */
export class FakeUxp {
  readonly secureItems = new Map<string, Uint8Array>();
  readonly localItems = new Map<string, string>();
  readonly savedFiles = new Map<string, string | Uint8Array>();
  readonly objectUrls = new Set<string>();
  /** Pages and files that were opened outside of Photoshop. */
  readonly opened: string[] = [];
  readonly platform: string;
  /** `broken`: every call fails. `forgetful`: takes everything and keeps nothing. */
  secureStorage: 'works' | 'broken' | 'forgetful' = 'works';
  isLocalStorageFull = false;
  /** What the user picks in the save dialog; `null`: Cancel; `undefined`: the suggested name. */
  saveAs: string | null | undefined;
  /** Why the last entry point failed, if it did. */
  entryPointErrors: string[] = [];
  /** Called when the user chooses a command of the menu. */
  onCommand: (id: string) => void = () => undefined;
  /** Of UXP's document event `uxpcommand`. */
  readonly commandListeners = new Set<(commandId: string) => void>();
  readonly #options: UxpOptions;
  #entryPoints: EntryPoints | undefined;
  #shownRoot: unknown;
  readonly #formats = { utf8: Symbol('utf8'), binary: Symbol('binary') };

  constructor(options: UxpOptions) {
    this.#options = options;
    this.platform = options.platform ?? 'win10';
  }

  /** `require('uxp')`. */
  createModule(): object {
    const { version = '26.0.0', uxpVersion = '8.0.1', locale = 'en_US', pluginVersion = '0.1.0' } = this.#options;
    return {
      storage: {
        secureStorage: this.#createSecureStorage(),
        localFileSystem: this.#createFileSystem(),
        formats: this.#formats,
      },
      versions: { uxp: `uxp-${uxpVersion}`, plugin: pluginVersion },
      host: { name: 'Photoshop', version, uiLocale: locale },
      shell: this.#createShell(),
      entrypoints: {
        setup: (points: EntryPoints) => {
          if (this.#entryPoints !== undefined) throw new Error('entrypoints.setup can be called once only');
          this.#entryPoints = points;
        },
      },
    };
  }

  createLocalStorage(): object {
    return {
      getItem: (key: string) => this.localItems.get(key) ?? null,
      setItem: (key: string, value: string) => {
        if (typeof value !== 'string') throw new TypeError('localStorage takes strings');
        if (this.isLocalStorageFull) throw new Error('QuotaExceededError');
        this.localItems.set(key, value);
      },
      removeItem: (key: string) => {
        this.localItems.delete(key);
      },
    };
  }

  get isSetUp(): boolean {
    return this.#entryPoints !== undefined;
  }

  /** The user opens the panel: the first time `create` and `show` are called, afterwards nothing is (PS-57284). */
  async openPanel(id: string, rootNode: unknown): Promise<void> {
    const panel = this.#required().panels?.[id];
    if (panel === undefined) throw new Error(`there is no panel ${id}`);
    // Shown again nothing is called, unless UXP has made the panel anew.
    if (this.#shownRoot === rootNode) return;
    this.#shownRoot = rootNode;
    await this.#call(`panel ${id} create`, panel.create, rootNode);
    await this.#call(`panel ${id} show`, panel.show, rootNode);
  }

  /** The user closes the panel: neither `hide` nor `destroy` comes (PS-57284), the older event does. */
  closePanel(): void {
    for (const listener of this.commandListeners) listener('uxphidepanel');
  }

  async runCommand(id: string): Promise<void> {
    const command = this.#required().commands?.[id];
    if (command === undefined) throw new Error(`there is no command ${id}`);
    this.onCommand(id);
    await this.#call(`command ${id}`, command.run.bind(command), { id });
  }

  async chooseMenuItem(panelId: string, itemId: string): Promise<void> {
    const panel = this.#required().panels?.[panelId];
    if (!panel?.menuItems?.some(({ id }) => id === itemId)) throw new Error(`there is no menu item ${itemId}`);
    await this.#call(`menu ${itemId}`, panel.invokeMenu, itemId);
  }

  async unload(): Promise<void> {
    await this.#call('plugin destroy', this.#required().plugin?.destroy);
  }

  #required(): EntryPoints {
    if (this.#entryPoints === undefined) throw new Error('the plugin has not set up its entry points');
    return this.#entryPoints;
  }

  async #call(what: string, entryPoint: EntryPoint | undefined, ...values: unknown[]): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((_resolve, reject) => {
      let ticksLeft = ENTRY_POINT_MS / TICK_MS;
      const tick = (): void => {
        if (ticksLeft-- === 0) reject(new Error(`${what} took longer than ${ENTRY_POINT_MS} ms`));
        else timer = setTimeout(tick, TICK_MS);
      };
      tick();
    });
    try {
      await Promise.race([entryPoint?.(...values), late]);
    } catch (error) {
      this.entryPointErrors.push(error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(timer);
    }
  }

  #createSecureStorage(): object {
    const refuse = (): void => {
      if (this.secureStorage === 'broken') throw photoshopError('secure storage is not available', 1);
    };
    return {
      getItem: async (key: string) => {
        refuse();
        return this.secureItems.get(key) ?? null;
      },
      setItem: async (key: string, value: string) => {
        refuse();
        if (this.secureStorage === 'works') this.secureItems.set(key, utf8(value));
      },
      removeItem: async (key: string) => {
        refuse();
        this.secureItems.delete(key);
      },
    };
  }

  /** Opens what the manifest permits, and answers with what is wrong. */
  #createShell(): object {
    const { schemes, extensions } = this.#options.launchProcess ?? { schemes: [], extensions: [] };
    const open = (what: string, isPermitted: boolean, why: unknown): string => {
      if (typeof why !== 'string' || why === '') throw new TypeError('the user is asked, and must be told why');
      if (!isPermitted) return `the manifest does not permit ${what}`;
      this.opened.push(what);
      return '';
    };
    return {
      openExternal: async (url: string, why: unknown) =>
        open(url, !url.startsWith('file:') && schemes.some((scheme) => url.startsWith(`${scheme}:`)), why),
      openPath: async (path: string, why: unknown) =>
        open(path, path.startsWith(PLUGIN_FOLDER) && extensions.some((extension) => path.endsWith(extension)), why),
    };
  }

  #createFileSystem(): object {
    return {
      getPluginFolder: async () => ({
        getEntry: async (path: string) => {
          const bytes = await this.#options.pluginFiles?.get(path);
          if (bytes === undefined) throw new Error(`Could not find an entry of '${path}'`);
          return {
            name: path,
            nativePath: PLUGIN_FOLDER + path,
            read: async ({ format }: { format: unknown }) => {
              if (format !== this.#formats.binary) throw new Error('the fake reads binary files only');
              return bytes.slice().buffer;
            },
          };
        },
      }),
      getFileForSaving: async (suggestedName: string, { types }: { types: readonly string[] }) => {
        if (types.some((type) => type.includes('.'))) throw new Error('file types have no dot');
        if (this.saveAs === null) return null;
        const name = this.saveAs ?? suggestedName;
        return {
          name,
          write: async (contents: unknown, { format }: { format: unknown }) => this.#save(name, contents, format),
        };
      },
    };
  }

  #save(name: string, contents: unknown, format: unknown): void {
    if (typeof contents === 'string' && format === this.#formats.utf8) this.savedFiles.set(name, contents);
    else if (contents instanceof ArrayBuffer && format === this.#formats.binary)
      this.savedFiles.set(name, new Uint8Array(contents));
    else throw new Error('the contents do not fit the format');
  }
}

function utf8(text: string): Uint8Array {
  const escaped = encodeURIComponent(text).replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Uint8Array.from(escaped, (character) => character.charCodeAt(0));
}
