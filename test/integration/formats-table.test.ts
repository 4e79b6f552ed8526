import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FORMAT_SAMPLES } from '../formats/format-samples.ts';
import { readmeRows, rowText, tableRow } from '../formats/formats-table.ts';
import { temporaryFolder } from '../fixtures/photo-files.ts';

const README = fileURLToPath(new URL('../../bridge/README.md', import.meta.url));
const hasExifTool = (() => {
  try {
    execFileSync('exiftool', ['-ver'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('skipped: the table of formats, without ExifTool (Debian: libimage-exiftool-perl)\n');
    return false;
  }
})();

describe('the table of formats in bridge/README.md', () => {
  it('has a row for every format and depth that is tried', async () => {
    const rows = await readmeRows(README);
    const expected = FORMAT_SAMPLES.map(({ format, depth }) => `| ${format} | ${depth} |`);
    expect(rows.slice(2).map((row) => row.split('|').slice(0, 3).join('|') + '|')).toEqual(expected);
  });

  it
    .runIf(hasExifTool)
    .each(
      FORMAT_SAMPLES.filter(({ isQuick }) => isQuick).map(
        (sample) => [`${sample.format}, ${sample.depth}`, sample] as const,
      ),
    )('says what comes out of %s (npm run formats:table writes it anew)', async (_, sample) => {
    const row = rowText(await tableRow(sample, await temporaryFolder()));
    expect(await readmeRows(README)).toContain(row);
  });
});
