import type { EngineError } from '../../errors.ts';

/** A page in a webview, somewhere out of sight. */
export interface WebviewFrame {
  /** Sends a message, which arrives as the JSON it is. */
  post(message: object): void;
  /** Removes the page. */
  close(): void;
}

/**
 * Opens a page of the plugin's own folder.
 *
 * @param path inside the plugin: `engine/page.html`
 * @throws EngineError `UNSUPPORTED` where there are no webviews, or none with pages of a plugin's own
 */
export type OpenFrame = (
  path: string,
  listeners: { readonly onMessage: (message: unknown) => void; readonly onFailure: (error: EngineError) => void },
) => WebviewFrame;
