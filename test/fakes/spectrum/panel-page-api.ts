import type { SessionOptions } from '../photoshop/fake-session.ts';
import type { HostTheme } from './host-theme.ts';

/** Pixels live on the test's server: numbers through Playwright take a second for a megabyte. */
export interface RemotePicture {
  readonly title: string;
  readonly url: string;
  readonly width: number;
  readonly height: number;
  readonly bits: 8 | 16;
  readonly profile?: string;
  /** Name of a small layer that lies on the picture and is active. */
  readonly retouchLayer?: string;
}

export interface BootOptions {
  readonly theme: HostTheme;
  readonly locale?: string;
  readonly platform?: 'darwin' | 'win10';
  /** Of Photoshop 26 and later. */
  readonly hasWebviews?: boolean;
  /** What this Photoshop does differently. */
  readonly photoshop?: SessionOptions;
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
  /** Presses a button at the moment at which an element's text that fits the pattern is seen. */
  pressOnceSeen(button: string, pattern: string): void;
  /** Names of a document's layers, from top to bottom. */
  layers(title: string): string[];
  /** Photoshop's kinds of a document's layers, from top to bottom. */
  layerKinds(title: string): string[];
  activeTitle(): string | undefined;
  /** Changes Photoshop's theme. */
  dress(theme: HostTheme): Promise<void>;
  /** An action is recorded from now on, or not any more. @returns the names of the functions that its steps call */
  record(isOn: boolean): string[];
  /** File ▸ Automate ▸ Batch with the recorded action. @returns the mean code of each picture, as it was opened and as it was saved */
  playBatch(pictures: readonly RemotePicture[]): Promise<{ readonly before: number; readonly after: number }[]>;
  /** The mean code of what is seen of a document. */
  brightness(title: string): number;
  /** Of the panel, without scrolling. */
  neededHeight(): number;
  /** Texts and marks that are harder to see than WCAG 2.2 asks for: 4.5 to 1, 3 to 1 for marks. */
  lowContrast(): string[];
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
