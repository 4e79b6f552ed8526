/** `npm run formats:table`: writes the table of formats and what is kept of them in bridge/README.md, by trying each. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FORMAT_SAMPLES } from './formats/format-samples.ts';
import { rowText, TABLE_END, TABLE_HEAD, TABLE_START, tableRow } from './formats/formats-table.ts';

const README = fileURLToPath(new URL('../bridge/README.md', import.meta.url));

const rows: (readonly string[])[] = [...TABLE_HEAD];
for (const sample of FORMAT_SAMPLES) {
  const folder = await mkdtemp(join(tmpdir(), 'evenlight-formats-'));
  const row = await tableRow(sample, folder);
  process.stdout.write(`${rowText(row)}\n`);
  rows.push(row);
  await rm(folder, { recursive: true });
}

const text = await readFile(README, 'utf8');
const [start, end] = [text.indexOf(TABLE_START), text.indexOf(TABLE_END)];
if (start === -1 || end < start) throw new Error(`bridge/README.md lacks ${TABLE_START} … ${TABLE_END}`);
const table = rows.map(rowText).join('\n');
await writeFile(README, `${text.slice(0, start)}${TABLE_START}\n\n${table}\n\n${text.slice(end)}`);
