import { describe, expect, it } from 'vitest';
import { clippedText, resultText, shortResultText } from '@evenlight/plugin/src/panel/result-text.ts';
import { textsIn } from '@evenlight/plugin/src/panel/texts/texts.ts';
import type { FixResult, FixedResult } from '@evenlight/plugin/src/session/fix-result.ts';
import { FixSetup } from '../../../fakes/plugin/fix-setup.ts';

const measurement = {
  ...{ exposureEv: 1.3, shadowsEv: 1.8, midtonesEv: 1.2, highlightsEv: 0.3 },
  ...{ clippedBefore: 0.002, clippedAfter: 0.003, meanDeltaE: 9 },
};

async function fixed(change: Partial<FixedResult> = {}): Promise<FixedResult> {
  const setup = new FixSetup();
  const result = await setup.fix({ documentId: setup.host.open().id });
  if (result.kind !== 'fixed') throw new Error('not fixed');
  return { ...result, measurement, elapsedMs: 1240, ...change };
}

const english = textsIn('en');

describe('a result in words', () => {
  it('says what was done and who did it', async () => {
    expect(resultText(await fixed(), english)).toEqual({
      tone: 'good',
      title: 'Corrected: +1.3\u00a0EV, mainly shadows',
      lines: ['Highlights clipped: 0.2\u00a0%\u00a0→\u00a00.3\u00a0%'],
      details: ['In Photoshop, 1.2\u00a0s'],
      canForce: false,
    });
    const unclipped = { ...measurement, clippedBefore: 0, clippedAfter: 0 };
    expect(resultText(await fixed({ measurement: unclipped }), english).lines).toEqual(['No clipped highlights']);
    const text = resultText(await fixed(), textsIn('de'));
    expect(text.title).toBe('Korrigiert: +1,3\u00a0EV, vor allem in den Tiefen');
  });

  it.each([
    [0, 0, 'no clipped highlights'],
    [0.0004, 0.0004, 'no clipped highlights'],
    [0.0005, 0, 'highlights clipped: 0.1\u00a0%\u00a0→\u00a00.0\u00a0%'],
    [0, 0.0005, 'highlights clipped: 0.0\u00a0%\u00a0→\u00a00.1\u00a0%'],
    [0.02, 0.5, 'highlights clipped: 2.0\u00a0%\u00a0→\u00a050.0\u00a0%'],
  ])('says how much is clipped, from a twentieth of a percent on: %f, %f', (clippedBefore, clippedAfter, text) => {
    expect(clippedText({ ...measurement, clippedBefore, clippedAfter }, english)).toBe(text);
  });

  it('does not name a part of the tones when none stands out', async () => {
    const even = { ...measurement, shadowsEv: 1.3, midtonesEv: 1.2 };
    expect(resultText(await fixed({ measurement: even }), english).title).toBe('Corrected: +1.3\u00a0EV');
  });

  it('names the host whose bridge did it', async () => {
    const engine = { name: 'bridge', hostName: 'studio', description: '' } as const;
    expect(resultText(await fixed({ engine }), english).details).toEqual(['Evenlight server on studio, 1.2\u00a0s']);
    const here = { ...engine, hostName: undefined };
    expect(resultText(await fixed({ engine: here }), textsIn('de')).details).toEqual([
      'Evenlight-Server auf diesem Computer, 1,2\u00a0s',
    ]);
  });

  it('says why the bridge did not do it, if it had begun', async () => {
    const lost = { from: 'bridge', code: 'CONNECTION_LOST', message: 'lost', then: 'next', isMidway: true } as const;
    expect(resultText(await fixed({ switches: [lost] }), english).details).toContain(
      'The Evenlight server failed, so Photoshop took over: The connection to the Evenlight server was lost.',
    );
    const absent = { ...lost, isMidway: false };
    expect(resultText(await fixed({ switches: [absent] }), english).details).toHaveLength(1);
  });

  it('says what was made instead, how well it fits, and that the selection is the mask', async () => {
    const result = await fixed();
    const cmyk = { ...result.document, mode: 'cmyk' } as const;
    const placed = { ...result.placed, isMasked: true };
    const { lines } = resultText(
      { ...result, document: cmyk, output: 'curves', isSubstitute: true, fitDeltaE: 1.23, placed },
      english,
    );
    expect(lines).toContain('CMYK does not support “Pixel layer”, so “Curves layer” was used.');
    expect(lines).toContain("The selection became the layer's mask.");
    expect(lines).toContain('Difference from the pixel layer: ΔE\u00a01.2.');
  });

  it('says that nothing was made, and offers to do it anyway', async () => {
    const { document, recipe, model, engine, switches, elapsedMs } = await fixed();
    const outcome = { document, recipe, model, engine, switches, elapsedMs, measurement };
    expect(resultText({ kind: 'already-well-exposed', ...outcome }, english)).toMatchObject({
      title: 'Already well exposed',
      lines: expect.arrayContaining(['No layer was added.', 'Highlights clipped: 0.2\u00a0%']),
      canForce: true,
    });
    const nothing: FixResult = { kind: 'unchanged', document };
    expect(resultText(nothing, english)).toMatchObject({ title: 'Nothing to change', canForce: false });
    expect(resultText({ kind: 'just-fixed', document }, english)).toMatchObject({
      title: 'Already corrected',
      canForce: true,
    });
  });

  it('of a well-exposed photograph says how much is clipped, in a sentence', async () => {
    const { document, recipe, model, engine, switches, elapsedMs } = await fixed();
    const lineOf = (clippedBefore: number): string | undefined => {
      const seen = { ...measurement, clippedBefore };
      const outcome = { document, recipe, model, engine, switches, elapsedMs, measurement: seen };
      return resultText({ kind: 'already-well-exposed', ...outcome }, english).lines[1];
    };
    expect([0.0004, 0.0005].map(lineOf)).toEqual(['No clipped highlights', 'Highlights clipped: 0.1\u00a0%']);
  });

  it('says which file was saved, what it changes, and how well it fits', async () => {
    const { document, recipe, model, engine, switches, elapsedMs } = await fixed();
    const outcome = { document, recipe, model, engine, switches, elapsedMs, measurement };
    expect(resultText({ kind: 'saved', fileName: 'look.cube', fitDeltaE: 0.4, ...outcome }, english)).toEqual({
      tone: 'good',
      title: expect.stringContaining('look.cube') as string,
      lines: [
        '+1.3\u00a0EV, mainly shadows',
        'Highlights clipped: 0.2\u00a0%\u00a0→\u00a00.3\u00a0%',
        'Difference from the pixel layer: ΔE\u00a00.4.',
      ],
      details: ['In Photoshop, 1.2\u00a0s'],
      canForce: false,
    });
  });

  it('says what became of the noise, and that the layer does not remember its settings', async () => {
    const reason = { kind: 'left-out', code: 'CONNECTION_LOST', message: 'lost' } as const;
    const said = async (change: Partial<FixedResult>): Promise<string[]> => {
      const { lines, details } = resultText(await fixed(change), english);
      return [...lines.slice(1), ...details.slice(0, -1)];
    };
    expect(await said({})).toEqual([]);
    const [cleaned, leftOut, notNeeded] = [
      await said({ cleaning: { kind: 'cleaned' } }),
      await said({ cleaning: reason }),
      await said({ cleaning: { kind: 'not-needed' } }),
    ];
    expect([cleaned, leftOut, notNeeded]).toEqual([
      [english('result.cleaned')],
      [english('result.notCleaned', { reason: 'The connection to the Evenlight server was lost.' })],
      [english('result.cleanNotNeeded')],
    ]);
    const { placed } = await fixed();
    expect(await said({ placed: { ...placed, hasSettings: false } })).toEqual([english('result.noSettings')]);
  });

  it('says in a line of the batch what became of the noise', async () => {
    const change = '+1.3\u00a0EV, mainly shadows';
    const line = async (cleaning: unknown): Promise<string> =>
      shortResultText(await fixed({ cleaning: cleaning as FixedResult['cleaning'] }), english);
    expect([await line(undefined), await line({ kind: 'not-needed' })]).toEqual([change, change]);
    expect(await line({ kind: 'cleaned' })).toBe(english('batch.cleaned', { change }));
    expect(await line({ kind: 'left-out', code: 'CONNECTION_LOST', message: 'lost' })).toBe(
      english('batch.notCleaned', { change }),
    );
  });

  it('fits into a line of the batch', async () => {
    const result = await fixed();
    const { document } = result;
    expect(shortResultText(result, english)).toBe('+1.3\u00a0EV, mainly shadows');
    expect(shortResultText({ kind: 'just-fixed', document }, english)).toBe('already corrected');
    expect(shortResultText({ kind: 'unchanged', document }, english)).toBe('nothing to change');
  });
});
