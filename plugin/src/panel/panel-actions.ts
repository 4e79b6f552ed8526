import type { EnginePolicy, OutputMode } from '../session/settings.ts';
import type { View } from './panel-state.ts';

/** What the user can do in the panel. None of them throws: what fails is shown. */
export interface PanelActions {
  show(view: View): void;
  preview(): void;
  /** @param isForced also what is well exposed or has just been fixed */
  fix(isForced: boolean): void;
  cancel(): void;
  setStrength(percent: number): void;
  setEvBias(ev: number): void;
  setOutput(output: OutputMode): void;
  setModel(name: string): void;
  moveSplit(fraction: number): void;
  tick(documentId: number, isTicked: boolean): void;
  tickAll(isTicked: boolean): void;
  setSeries(isOn: boolean): void;
  setReference(documentId: number): void;
  fixBatch(): void;
  saveReport(format: 'csv' | 'json'): void;
  setPolicy(policy: EnginePolicy): void;
  setAddress(address: string): void;
  setToken(token: string): void;
  reconnect(): void;
  diagnose(): void;
  setLanguage(language: 'auto' | 'en' | 'de'): void;
}
