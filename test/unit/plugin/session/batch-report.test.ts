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

  it('rounds what nobody can see', async () => {
    const [first] = await rows();
    if (first?.status !== 'done' || first.result.kind !== 'fixed') throw new Error('not fixed');
    const measurement = {
      ...first.result.measurement,
      ...{ exposureEv: 1.23456, clippedBefore: 0.123456, clippedAfter: 0.000004, meanDeltaE: 7.6543 },
    };
    const result = { ...first.result, measurement, fitDeltaE: 0.98765, elapsedMs: 1234.5 };
    const report = JSON.parse(jsonReport([{ ...first, result }], { version: '1', date: '' })) as {
      documents: readonly unknown[];
    };
    expect(report.documents[0]).toMatchObject({
      ...{ exposureEv: 1.235, clippedBefore: 0.12346, clippedAfter: 0, meanDeltaE: 7.654, fitDeltaE: 0.988 },
      seconds: 1.23,
    });
  });

  it('says what became of the noise, where it ran, and nothing of a fit that was not made', async () => {
    const [first] = await rows();
    if (first?.status !== 'done' || first.result.kind !== 'fixed') throw new Error('not fixed');
    const reportOf = (change: Partial<typeof first.result>): unknown => {
      const row = { ...first, result: { ...first.result, ...change } } as BatchRow;
      const json = JSON.parse(jsonReport([row], { version: '1', date: '' })) as { documents: readonly unknown[] };
      return json.documents[0];
    };
    const plain = reportOf({ engine: { name: 'plain', hostName: undefined, description: '' } });
    expect(plain).toMatchObject({ where: 'this computer' });
    expect(Object.keys(plain as object)).not.toEqual(expect.arrayContaining(['noise']));
    expect(Object.keys(plain as object)).not.toEqual(expect.arrayContaining(['fitDeltaE']));
    const studio = { name: 'bridge', hostName: 'studio', description: '' } as const;
    expect(reportOf({ engine: studio, cleaning: { kind: 'not-needed' } })).toMatchObject({
      ...{ where: 'studio', engine: 'bridge', noise: 'not-needed' },
    });
  });

  it('has the kind of a document that needed nothing, and the file that was saved', async () => {
    const [first] = await rows();
    if (first?.status !== 'done' || first.result.kind !== 'fixed') throw new Error('not fixed');
    const { document, recipe, model, engine, switches, elapsedMs, measurement } = first.result;
    const outcome = { document, recipe, model, engine, switches, elapsedMs, measurement };
    const results = [
      { kind: 'just-fixed', document },
      { kind: 'unchanged', document },
      { kind: 'already-well-exposed', ...outcome },
      { kind: 'saved', fileName: 'look.cube', fitDeltaE: 0.5, ...outcome },
    ] as const;
    const all = results.map((result) => ({ ...first, title: 'a', result }));
    const { documents } = JSON.parse(jsonReport(all, { version: '1', date: '' })) as { documents: readonly object[] };
    expect(documents.slice(0, 2)).toEqual([
      { document: 'a', status: 'just-fixed' },
      { document: 'a', status: 'unchanged' },
    ]);
    expect(documents.slice(2)).toMatchObject([
      { status: 'already-well-exposed', strength: 100 },
      { status: 'saved', output: 'look.cube', fitDeltaE: 0.5 },
    ]);
    expect(documents[2]).not.toHaveProperty('output');
  });
});
