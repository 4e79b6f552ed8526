import { batchCommandText, fixCommandText } from '@evenlight/plugin/src/panel/command-text.ts';
import { textsIn } from '@evenlight/plugin/src/panel/texts/texts.ts';
import type { BatchRow } from '@evenlight/plugin/src/session/batch.ts';
import type { FixResult } from '@evenlight/plugin/src/session/fix-result.ts';
import { describe, expect, it } from 'vitest';
import { FixSetup } from '../../../fakes/plugin/fix-setup.ts';

const english = textsIn('en');

async function fixed(): Promise<FixResult> {
  const setup = new FixSetup();
  return setup.fix({ documentId: setup.host.open().id });
}

describe('the message of a command', () => {
  it('is none where there is a new layer to see', async () => {
    expect(fixCommandText(await fixed(), english)).toBeUndefined();
  });

  it('is what happened instead, and the first that is to be said of it', async () => {
    const { document } = await fixed();
    expect(fixCommandText({ kind: 'unchanged', document }, english)).toBe(
      `${english('result.unchanged')}. ${english('result.unchangedHint')}`,
    );
    expect(fixCommandText({ kind: 'just-fixed', document }, english)).toBe(
      `${english('result.justFixed')}. ${english('result.justFixedHint')}`,
    );
  });
});

describe('the message of a batch', () => {
  it('is none where every document has a new layer, else how many have', async () => {
    const result = await fixed();
    const { document } = result;
    const row = { documentId: 1, title: 'a' };
    const done: BatchRow = { ...row, status: 'done', result };
    const left: BatchRow = { ...row, status: 'done', result: { kind: 'unchanged', document } };
    const failed: BatchRow = { ...row, status: 'failed', error: { code: 'FAILED', message: 'odd' } };
    const cancelled: BatchRow = { ...row, status: 'cancelled' };
    expect(batchCommandText([done], english)).toBeUndefined();
    expect(batchCommandText([done, done], english)).toBeUndefined();
    const said = (rows: readonly BatchRow[]): string | undefined => batchCommandText(rows, english);
    expect(said([done, left])).toContain('1 corrected, 1 unchanged');
    expect(said([done, cancelled])).toContain('1 corrected, 1 unchanged');
    expect(said([cancelled])).toContain('0 corrected, 1 unchanged');
    expect(said([done, done, failed])).toContain('2 corrected, 0 unchanged, 1 failed');
  });
});
