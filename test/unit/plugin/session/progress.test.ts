import { type FixProgress, ProgressReporter } from '@evenlight/plugin/src/session/progress.ts';
import { describe, expect, it } from 'vitest';

function reporter(): { readonly reports: FixProgress[]; readonly progress: ProgressReporter } {
  const reports: FixProgress[] = [];
  return { reports, progress: new ProgressReporter((report) => reports.push(report)) };
}

describe('the progress of one photograph', () => {
  it('is nearly a third for reading, the half up to predicting, and the rest for writing', () => {
    const { reports, progress } = reporter();
    for (const stage of ['reading', 'predicting', 'writing'] as const) {
      const advance = progress.stage(stage);
      advance(0.5);
      advance(1);
    }
    expect(reports.map(({ stage, fraction }) => [stage, Number(fraction.toFixed(6))])).toEqual([
      ...[
        ['reading', 0],
        ['reading', 0.15],
        ['reading', 0.3],
      ],
      ...[
        ['predicting', 0.3],
        ['predicting', 0.375],
        ['predicting', 0.45],
      ],
      ...[
        ['writing', 0.45],
        ['writing', 0.725],
        ['writing', 1],
      ],
    ]);
  });

  it('of cleaning is that of writing', () => {
    const { reports, progress } = reporter();
    progress.advance('cleaning', 0);
    progress.advance('cleaning', 0.5);
    progress.advance('writing', 0.5);
    expect(reports.map(({ fraction }) => Number(fraction.toFixed(6)))).toEqual([0.45, 0.725, 0.725]);
  });

  it('never falls, also when a stage is done again', () => {
    const { reports, progress } = reporter();
    progress.advance('reading', 1);
    progress.advance('predicting', 0.5);
    progress.advance('reading', 0.2);
    progress.advance('predicting', 0);
    expect(reports.map(({ stage, fraction }) => [stage, Number(fraction.toFixed(6))])).toEqual([
      ...[
        ['reading', 0.3],
        ['predicting', 0.375],
      ],
      ...[
        ['reading', 0.375],
        ['predicting', 0.375],
      ],
    ]);
  });

  it('never leaves its stage, whatever is told', () => {
    const { reports, progress } = reporter();
    progress.advance('reading', -3);
    progress.advance('reading', 7);
    expect(reports.map(({ fraction }) => fraction)).toEqual([0, 0.3]);
  });

  it('stays where it is while something is waited for, with Photoshop’s words if there are any', () => {
    const { reports, progress } = reporter();
    progress.advance('reading', 1);
    progress.waiting('waiting-for-bridge');
    progress.waiting('waiting-for-photoshop', 'a dialog is open');
    expect(reports.slice(1)).toEqual([
      { stage: 'waiting-for-bridge', fraction: 0.3 },
      { stage: 'waiting-for-photoshop', fraction: 0.3, detail: 'a dialog is open' },
    ]);
    expect(reports[1]).not.toHaveProperty('detail');
  });
});
