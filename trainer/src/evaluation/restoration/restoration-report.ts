import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import type { LiftResult, LiftScores } from './evaluate-restoration.ts';

/**
 * Writes `index.html` and its pictures, at 1:1: for every photograph lifted, cleaned, and what it should be; those first that
 * gained least.
 *
 * @returns the path of the page
 */
export async function writeRestorationReport(
  folder: string,
  lifts: readonly LiftScores[],
  table: string,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const sections: string[] = [];
  for (const { ev, results } of lifts) {
    const worstFirst = [...results].sort((a, b) => a.after - a.before - (b.after - b.before));
    sections.push(`<h2>Lifted by ${ev} EV</h2>`);
    for (const [rank, result] of worstFirst.entries()) {
      const file = `${ev}ev-${String(rank).padStart(3, '0')}.png`;
      await writeStrip(path.join(folder, file), result);
      const name = escapeHtml(result.picture.name);
      const change = `${result.before.toFixed(2)} → ${result.after.toFixed(2)} dB`;
      sections.push(
        `<figure><img src="${file}" alt="lifted, cleaned, target" loading="lazy"><figcaption>${name}: ${change}</figcaption></figure>`,
      );
    }
  }
  const page = path.join(folder, 'index.html');
  await writeFile(page, html(table, sections));
  return page;
}

const GAP = 6;

/** Lifted, cleaned and target side by side. */
async function writeStrip(file: string, { picture: { lifted, target }, cleaned }: LiftResult): Promise<void> {
  const { width, height } = lifted;
  const layers = await Promise.all(
    [lifted.pixels, cleaned, target.pixels].map(async (pixels, i) => ({
      input: await sharp(
        Uint8Array.from(pixels, (value) => Math.round(255 * Math.min(1, Math.max(0, value)))),
        { raw: { width, height, channels: 3 } },
      )
        .png()
        .toBuffer(),
      left: i * (width + GAP),
      top: 0,
    })),
  );
  await sharp({ create: { width: 3 * width + 2 * GAP, height, channels: 3, background: '#2b2b2b' } })
    .composite(layers)
    .png()
    .toFile(file);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function html(table: string, sections: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Restoration: lifted, cleaned, what it should be</title>
<style>
  body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 820px; background: #2b2b2b; color: #ddd; }
  figure { margin: 0 0 1rem; } figcaption { color: #aaa; }
</style>
<h1>Lifted, cleaned, and what it should be: worst first</h1>
<pre>${escapeHtml(table)}</pre>
${sections.join('\n')}
</html>
`;
}
