import { parseRunFile } from '@evenlight/trainer/src/run-file.ts';
import type { FinishedTrial } from '@evenlight/trainer/src/sweep/run-sweep.ts';
import { curvesSvg, resultsSvg } from '@evenlight/trainer/src/sweep/sweep-charts.ts';
import type { Sweep } from '@evenlight/trainer/src/sweep/sweep-file.ts';
import { sweepCsv, sweepMarkdown } from '@evenlight/trainer/src/sweep/sweep-table.ts';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { tinyRunJson } from '../../../fixtures/tiny-training.ts';

const base = parseRunFile(tinyRunJson(), 'tiny.json');
const sweep: Sweep = {
  name: 'size',
  run: 'tiny.json',
  file: 'size.json',
  base,
  search: { type: 'grid' },
  axes: [
    { fields: ['network.depth'], values: [2, 5, 10] },
    { fields: ['network.filters'], label: 'width, <filters>', values: [16, 64] },
  ],
};

function trial(depth: number, width: number, mean: number | undefined): FinishedTrial {
  return {
    trial: { name: `depth=${depth},width=${width}`, values: [depth, width], run: base },
    result: {
      run: 'digest',
      status: mean === undefined ? 'diverged' : 'finished',
      steps: 300,
      seconds: 60,
      parameters: 1234 * width,
      psnr: mean === undefined ? null : { mean, low: mean - 0.3, high: mean + 0.4 },
      identityPsnr: mean === undefined ? null : 12.5,
    },
  };
}

const finished = [
  trial(2, 16, 20),
  trial(2, 64, 21),
  trial(5, 16, 22.125),
  trial(5, 64, 24.5),
  trial(10, 16, undefined),
];

describe('the results of a sweep', () => {
  it('are a CSV with a row for each trial, in their order', () => {
    const rows = parse(sweepCsv(sweep, finished), { columns: true });
    expect(rows).toHaveLength(5);
    expect(rows[2]).toMatchObject({
      trial: 'depth=5,width=16',
      depth: '5',
      'width, <filters>': '16',
      psnr: '22.125',
      psnr_low: '21.825',
      identity_psnr: '12.500',
      status: 'finished',
    });
    expect(rows[4]).toMatchObject({ psnr: '', status: 'diverged' });
  });

  it('are a Markdown table, best first and in bold, what diverged last', () => {
    const lines = sweepMarkdown(sweep, finished).split('\n');
    expect(lines[2]).toBe('| 5 | 64 | **24.50** [24.20, 24.90] | 78,976 | 300 | 5.00 | 1.0 |  |');
    expect(lines[6]).toBe('| 10 | 16 | – | 19,744 | 300 | 5.00 | 1.0 | diverged |');
    expect(lines.join('\n')).toContain('inputs left as they are: 12.50 dB');
  });

  it('are a plot with a panel for each axis, a line for each of the other values, a mark and an error bar for each trial', async () => {
    const svg = resultsSvg(sweep, finished)!;
    expect(svg.match(/<circle/g)).toHaveLength(8);
    expect(svg.match(/stroke-opacity/g)).toHaveLength(8);
    expect(svg).toContain('width, &#60;filters&#62; 64');
    // Better is higher: the best trial's marks are the topmost.
    const heights = [...svg.matchAll(/cy="([\d.]+)"/g)].map(([, y]) => Number(y));
    expect(heights.filter((y) => y === Math.min(...heights))).toHaveLength(2);
    expect((await sharp(Buffer.from(svg)).metadata()).width).toBe(920);
  });

  it('are a plot of marks alone for a random search', () => {
    const random = finished.slice(0, 4).map((entry, i) => ({
      ...entry,
      trial: { ...entry.trial, values: [i + 1, 10 ** i] },
    }));
    const svg = resultsSvg(sweep, random)!;
    expect(svg.match(/<circle/g)).toHaveLength(8);
    expect(svg).not.toContain('stroke-width="1.6"');
  });

  it('have learning curves, and no plot without a number', () => {
    const points = [1, 2, 3].map((i) => ({ step: 100 * i, validationPsnr: 15 + i }));
    const svg = curvesSvg(sweep, [
      { finished: finished[0]!, points },
      { finished: finished[4]!, points: [] },
    ])!;
    expect(svg.match(/stroke-width="1.6"/g)).toHaveLength(1);
    expect(resultsSvg(sweep, finished.slice(4))).toBeUndefined();
    expect(curvesSvg(sweep, [])).toBeUndefined();
  });
});
