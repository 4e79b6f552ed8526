import type { Host } from '../host.ts';
import type { BatchRow } from './batch.ts';
import { csvReport, jsonReport } from './batch-report.ts';
import type { OwnPreset } from './settings.ts';

export type ReportFormat = 'csv' | 'json';

/** Asks where to and saves a report on a batch. @returns its name, `undefined` if the user changed his mind */
export function saveReport(
  host: Host,
  rows: readonly BatchRow[],
  { format, date }: { readonly format: ReportFormat; readonly date: string },
): Promise<string | undefined> {
  const version = host.facts.pluginVersion;
  const contents = format === 'csv' ? csvReport(rows) : jsonReport(rows, { version, date });
  return host.saveFile({ suggestedName: `Evenlight.${format}`, extension: format, contents });
}

/** Asks where to and saves the user's presets: for another computer, or to keep. */
export async function savePresets(host: Host, presets: readonly OwnPreset[]): Promise<void> {
  const contents = `${JSON.stringify({ evenlightPresets: 1, presets }, null, 2)}\n`;
  await host.saveFile({ suggestedName: 'Evenlight presets.json', extension: 'json', contents });
}
