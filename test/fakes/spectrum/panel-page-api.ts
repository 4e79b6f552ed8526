import type { HostTheme } from './host-theme.ts';

/** Pixels live on the test's server: numbers through Playwright take a second for a megabyte. */
export interface RemotePicture {
  readonly title: string;
  readonly url: string;
  readonly width: number;
  readonly height: number;
  readonly bits: 8 | 16;
  readonly profile?: string;
}

export interface BootOptions {
  readonly theme: HostTheme;
  readonly locale?: string;
  readonly platform?: 'darwin' | 'win10';
  /** Of Photoshop 26 and later. */
  readonly hasWebviews?: boolean;
}

/** A rung of the diagnosis as it is shown. */
export interface ShownRung {
  readonly name: string;
  readonly mark: string;
  readonly advice: string | undefined;
}

/** `window.evenlight` of the panel's page: what a user and Photoshop do. */
export interface PanelPageApi {
  /** Starts a Photoshop and loads the plugin into it; the panel is not open yet. */
  boot(options: BootOptions): Promise<void>;
  openPanel(): Promise<void>;
  openPicture(picture: RemotePicture): Promise<void>;
  /** Names of a document's layers, from top to bottom. */
  layers(title: string): string[];
  /** Photoshop's kinds of a document's layers, from top to bottom. */
  layerKinds(title: string): string[];
  activeTitle(): string | undefined;
  /** The user does something undoable in a document. */
  touch(title: string): void;
  /** Names of a document's history states, from the oldest to the newest. */
  history(title: string): string[];
  /** The colours of a layer that covers the canvas, without its alpha, little endian, as base64. */
  layerPixels(title: string, name: string): string;
  runCommand(id: string): Promise<void>;
  /** Files that the user saved, by name; text as it is, bytes as their number. */
  savedFiles(): Readonly<Record<string, string | number>>;
  /** What UXP does not have, and what of it the plugin would find here. */
  foreignGlobals(): readonly string[];
  /** Message boxes that were shown. */
  alerts(): readonly string[];
  diagnosis(): readonly ShownRung[];
  /** What has the focus, by its label. */
  focusedName(): string;
  /** Texts that do not fit their element or the panel, but for names of documents, which may be as long as they like. */
  textsCutOff(): string[];
}
