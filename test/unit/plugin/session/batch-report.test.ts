import { describe, expect, it } from 'vitest';
import { csvReport, jsonReport } from '@evenlight/plugin/src/session/batch-report.ts';
import type { BatchRow } from '@evenlight/plugin/src/session/batch.ts';
import { FixSetup } from '../../../fakes/plugin/fix-setup.ts';

async function rows(): Promise<BatchRow[]> {
  const setup = new FixSetup();
  const result = await setup.fix({ documentId: setup.host.open().id });
  return [
    { documentId: 1, title: 'a "good", photo.tif', status: 'done', result },
    {
      documentId: 2,
      title: '=HYPERLINK("x")',
      status: 'skipped',
      error: { code: 'NO_PIXELS', message: 'line 1\nline 2' },
    },
    { documentId: 3, title: 'late.psd', status: 'cancelled' },
  ];
}

describe('the report', () => {
  it('as JSON has one object per document, with numbers as numbers', async () => {
    const report: unknown = JSON.parse(jsonReport(await rows(), { version: '0.1.0', date: '2026-11-23' }));
    expect(report).toMatchObject({
      evenlight: '0.1.0',
      date: '2026-11-23',
      documents: [
        {
          document: 'a "good", photo.tif',
          status: 'fixed',
          output: 'pixels',
          strength: 100,
          engine: 'plain',
          exposureEv: expect.any(Number),
        },
        { document: '=HYPERLINK("x")', status: 'skipped', reason: 'NO_PIXELS' },
        { document: 'late.psd', status: 'cancelled' },
      ],
    });
  });

  it('as CSV has a header, quotes what must be quoted, and holds no formulas', async () => {
    const report = csvReport(await rows());
    const [header, first, second] = report.split('\r\n');
    expect(header).toMatch(/^document,status,reason,message,output,strength,/);
    expect(first).toMatch(/^"a ""good"", photo\.tif",fixed,,,pixels,100,0,/);
    expect(second).toMatch(/^"'=HYPERLINK\(""x""\)",skipped,NO_PIXELS,"line 1\nline 2",/);
    expect(report.endsWith('\r\n')).toBe(true);
  });

  it.each(['=1+1', '+1', '-1', '@sum', '\ttab'])('as CSV keeps the name %j from being a formula', (title) => {
    const [, row] = csvReport([{ documentId: 1, title, status: 'cancelled' }]).split('\r\n');
    expect(row?.split(',')[0]).toBe(`'${title}`);
  });

  it.each(['a=b', '1-2', 'a+b'])('as CSV leaves the name %j as it is', (title) => {
    const [, row] = csvReport([{ documentId: 1, title, status: 'cancelled' }]).split('\r\n');
    expect(row?.split(',')[0]).toBe(title);
  });

  it('as CSV has negative numbers as numbers', async () => {
    const [first] = await rows();
    if (first?.status !== 'done' || first.result.kind !== 'fixed') throw new Error('not fixed');
    const measurement = { ...first.result.measurement, exposureEv: -1.5 };
    const [header, row] = csvReport([{ ...first, title: 'a', result: { ...first.result, measurement } }]).split('\r\n');
    expect(row?.split(',')[header!.split(',').indexOf('exposureEv')]).toBe('-1.5');
  });
});
