import type { GlobalsApi, UxpApi } from './uxp-api.ts';

/** What the plugin does when Photoshop calls it. */
export interface EntryPoints {
  readonly panelId: string;
  /** Builds the panel into its root node; called again if Photoshop comes with another one. */
  mount(rootNode: unknown): void;
  /** The panel was opened or closed, as far as Photoshop tells. */
  setVisible(isVisible: boolean): void;
  /** By command id of the manifest. They start their work and return. */
  readonly commands: Readonly<Record<string, () => void>>;
  /** The panel's flyout menu. */
  readonly menu: readonly { readonly id: string; readonly label: string; run(): void }[];
  /** Called when the plugin is unloaded. */
  unload(): void;
}

/**
 * Registers the entry points. Must be called at once when the plugin loads, and once only.
 *
 * An entry point has 300 ms: nothing here waits for what it starts. Photoshop calls `show` once and `hide` never (known issue
 * PS-57284), some versions `create` before it and some not, so the panel is built by whichever comes first. That it is closed is
 * told by `hide`, by `destroy` or by the older event `uxpcommand`, depending on the version.
 */
export function setUpEntryPoints(
  { uxp: { entrypoints }, globals }: { readonly uxp: UxpApi; readonly globals: Pick<GlobalsApi, 'onUxpCommand'> },
  points: EntryPoints,
): void {
  let mountedRoot: unknown;
  const mount = (argument: unknown): void => {
    const root = rootNodeOf(argument);
    if (root !== mountedRoot && root !== undefined) points.mount(root);
    mountedRoot = root ?? mountedRoot;
    points.setVisible(true);
  };
  const hide = (): void => {
    points.setVisible(false);
  };
  globals.onUxpCommand?.((commandId) => {
    if (commandId === 'uxpshowpanel') points.setVisible(true);
    if (commandId === 'uxphidepanel') hide();
  });
  entrypoints.setup({
    plugin: {
      create: () => undefined,
      destroy: () => {
        points.unload();
      },
    },
    panels: {
      [points.panelId]: {
        create: mount,
        show: mount,
        hide,
        destroy: hide,
        menuItems: points.menu.map(({ id, label }) => ({ id, label })),
        invokeMenu(id) {
          points.menu.find((item) => item.id === id)?.run();
        },
      },
    },
    commands: Object.fromEntries(
      Object.entries(points.commands).map(([id, start]) => [
        id,
        {
          run() {
            start();
          },
        },
      ]),
    ),
  });
}

/** Older versions hand over an event that has the node. */
function rootNodeOf(argument: unknown): unknown {
  return typeof argument === 'object' && argument !== null && 'node' in argument ? argument.node : argument;
}
