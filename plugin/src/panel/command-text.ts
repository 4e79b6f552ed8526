import type { BatchRow } from '../session/batch.ts';
import type { FixResult } from '../session/fix-result.ts';
import { summaryText } from './batch-view.ts';
import { resultText } from './result-text.ts';
import type { Texts } from './texts/texts.ts';

/** The text of a command's message box; none if there is a new layer to see. */
export function fixCommandText(result: FixResult, texts: Texts): string | undefined {
  if (result.kind === 'fixed') return undefined;
  const {
    title,
    lines: [first = ''],
  } = resultText(result, texts);
  return `${title}. ${first}`;
}

/** As {@link fixCommandText}, for all open documents. */
export function batchCommandText(rows: readonly BatchRow[], texts: Texts): string | undefined {
  if (rows.every((row) => row.status === 'done' && row.result.kind === 'fixed')) return undefined;
  return texts('photoshop.batchDone', { summary: summaryText(rows, texts) });
}
