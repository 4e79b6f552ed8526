import type { PageName } from '../session/links.ts';
import type { ReportFormat } from '../session/session-files.ts';
import type { ChoiceName, Recipe } from '../session/settings.ts';
import type { DocumentSource, PanelView, Zoom } from './panel-state.ts';

/** What the user can do in the panel. None of them throws: errors are shown. */
export interface PanelActions {
  show(view: PanelView): void;
  preview(): void;
  /** @param isForced also what is well exposed or has just been fixed */
  fix(isForced: boolean): void;
  cancel(): void;
  /** How photos are fixed from now on. */
  changeRecipe(change: Partial<Recipe>): void;
  /** Which part of the active document is corrected. */
  chooseSource(kind: DocumentSource): void;
  /** Gives the layer that was just made the settings as they are. */
  update(): void;
  /** Removes the layer that was just made. */
  remove(): void;
  moveSplit(fraction: number): void;
  /** Shows before everywhere as long as it is held. */
  hold(isHeld: boolean): void;
  zoom(zoom: Zoom): void;
  pan(center: { readonly x: number; readonly y: number }): void;
  toggleClipping(): void;
  /** The preview has another size on the screen. */
  resized(): void;
  toggleAdvanced(): void;
  openPage(name: PageName): void;
  showIntro(): void;
  endIntro(): void;
  usePreset(name: string): void;
  savePreset(name: string): void;
  deletePreset(name: string): void;
  exportPresets(): void;
  /** @param percent `undefined`: the strength of all */
  setDocumentStrength(documentId: number, percent: number | undefined): void;
  tick(documentId: number, isTicked: boolean): void;
  tickAll(isTicked: boolean): void;
  setSeries(isOn: boolean): void;
  setReference(documentId: number): void;
  fixBatch(): void;
  saveReport(format: ReportFormat): void;
  /** Of a setting that is shown as a list. */
  choose(name: ChoiceName, choice: string): void;
  setAddress(address: string): void;
  setToken(token: string): void;
  reconnect(): void;
  diagnose(): void;
}
