import type { BatchRow } from './batch.ts';
import type { FixResult } from './fix-result.ts';

/** One document in a report: flat, with the same fields whatever happened. Fields that do not apply are missing. */
export interface ReportRow {
  readonly document: string;
  readonly status: BatchRow['status'] | FixResult['kind'];
  readonly reason?: string;
  readonly message?: string;
  readonly output?: string;
  readonly strength?: number;
  readonly evBias?: number;
  readonly model?: string;
  readonly engine?: string;
  readonly where?: string;
  readonly exposureEv?: number;
  readonly clippedBefore?: number;
  readonly clippedAfter?: number;
  readonly meanDeltaE?: number;
  readonly fitDeltaE?: number;
  readonly noise?: string;
  readonly seconds?: number;
}

const COLUMNS = [
  'document',
  'status',
  'reason',
  'message',
  'output',
  'strength',
  'evBias',
  'model',
  'engine',
  'where',
  'exposureEv',
  'clippedBefore',
  'clippedAfter',
  'meanDeltaE',
  'fitDeltaE',
  'noise',
  'seconds',
] as const satisfies readonly (keyof ReportRow)[];

/** What is reported of a batch's rows. Fractions 0..1, times in seconds. */
function reportRows(rows: readonly BatchRow[]): ReportRow[] {
  return rows.map((row) => {
    switch (row.status) {
      case 'done':
        return { document: row.title, ...reportResult(row.result) };
      case 'skipped':
      case 'failed':
        return { document: row.title, status: row.status, reason: row.error.code, message: row.error.message };
      default:
        return { document: row.title, status: row.status };
    }
  });
}

function reportResult(result: FixResult): Omit<ReportRow, 'document'> {
  if (result.kind === 'just-fixed' || result.kind === 'unchanged') return { status: result.kind };
  const { recipe, model, engine, measurement, elapsedMs } = result;
  const { exposureEv, clippedBefore, clippedAfter, meanDeltaE } = measurement;
  return {
    status: result.kind,
    ...(result.kind === 'fixed' ? { output: result.output } : {}),
    ...(result.kind === 'saved' ? { output: result.fileName } : {}),
    ...{
      strength: recipe.strength,
      evBias: recipe.evBias,
      model,
      engine: engine.name,
      where: engine.hostName ?? 'this computer',
    },
    exposureEv: round(exposureEv, 3),
    clippedBefore: round(clippedBefore, 5),
    clippedAfter: round(clippedAfter, 5),
    meanDeltaE: round(meanDeltaE, 3),
    ...('fitDeltaE' in result && result.fitDeltaE !== undefined ? { fitDeltaE: round(result.fitDeltaE, 3) } : {}),
    ...('cleaning' in result && result.cleaning !== undefined ? { noise: result.cleaning.kind } : {}),
    seconds: round(elapsedMs / 1000, 2),
  };
}

/** The report as JSON, for programs. */
export function jsonReport(
  rows: readonly BatchRow[],
  about: { readonly version: string; readonly date: string },
): string {
  return `${JSON.stringify({ evenlight: about.version, date: about.date, documents: reportRows(rows) }, null, 2)}\n`;
}

/** The report as CSV after RFC 4180, for spreadsheets. */
export function csvReport(rows: readonly BatchRow[]): string {
  const lines = reportRows(rows).map((row) => COLUMNS.map((column) => csvField(row[column])).join(','));
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}

/** Spreadsheets take text that starts like a formula for one, and documents can be called anything. */
function csvField(value: string | number | undefined): string {
  if (typeof value !== 'string') return value === undefined ? '' : String(value);
  const text = /^[=+\-@\t]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
