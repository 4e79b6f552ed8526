import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import type { BandedSky } from './banding.ts';
import type { DarkFrame } from './dark-frames.ts';
import type { LiftScores } from './evaluate-restoration.ts';
import type { DetailResult } from './measure-detail.ts';

/** What a report shows. */
export interface RestorationReport {
  readonly table: string;
  readonly lifts: readonly LiftScores[];
  readonly detail: readonly DetailResult[];
  readonly darkFrames: readonly DarkFrame[];
  readonly skies: readonly BandedSky[];
}

/** Pictures of one size, side by side under a line of text. */
interface ReportPictures {
  readonly text: string;
  readonly size: { readonly width: number; readonly height: number };
  /** Encoded 0..1, `[height][width][3]`. */
  readonly pictures: readonly Float32Array[];
}

interface ReportSection {
  readonly id: string;
  readonly title: string;
  readonly strips: readonly ReportPictures[];
}

/**
 * Writes `index.html` and its pictures, at 1:1 and worst first: dark photographs as they were taken, lifted photographs without and
 * with noise, and skies.
 *
 * @returns the path of the page
 */
export async function writeRestorationReport(folder: string, report: RestorationReport): Promise<string> {
  await mkdir(folder, { recursive: true });
  const parts: string[] = [];
  for (const { id, title, strips } of sectionsOf(report)) {
    if (strips.length === 0) continue;
    parts.push(`<h2>${title}</h2>`);
    for (const [rank, strip] of strips.entries()) {
      const file = `${id}-${String(rank).padStart(3, '0')}.png`;
      await writeStrip(path.join(folder, file), strip);
      const text = escapeHtml(strip.text);
      parts.push(`<figure><img src="${file}" alt="" loading="lazy"><figcaption>${text}</figcaption></figure>`);
    }
  }
  const page = path.join(folder, 'index.html');
  await writeFile(page, html(report.table, parts));
  return page;
}

function sectionsOf({ lifts, detail, darkFrames, skies }: RestorationReport): ReportSection[] {
  const dark = { id: 'dark', title: 'Dark photographs: as taken, corrected, cleaned' };
  const clean = { id: 'detail', title: 'Lifted without noise: before, cleaned automatically, cleaned everywhere' };
  const sky = { id: 'sky', title: 'Over-exposed 8-bit skies: over-exposed, taken back, restored, as it should be' };
  return [
    { ...dark, strips: darkFrames.map(stripOfFrame) },
    { ...clean, strips: [...detail].sort((a, b) => b.changes[0]! - a.changes[0]!).map(stripOfDetail) },
    { ...sky, strips: skies.map(stripOfSky) },
    ...lifts.map(({ ev, results }) => ({
      id: `${ev}ev`,
      title: `Lifted by ${ev} EV: lifted, cleaned automatically, cleaned everywhere, as it should be`,
      strips: [...results]
        .sort((a, b) => a.after - a.before - (b.after - b.before))
        .map(({ picture: { name, lifted, target }, cleaned, before, after }) => ({
          text: `${name}: ${before.toFixed(2)} → ${after.toFixed(2)} dB`,
          size: lifted,
          pictures: [lifted.pixels, ...cleaned, target.pixels],
        })),
    })),
  ];
}

function stripOfFrame({ name, original, lifted, cleaned, found, left }: DarkFrame): ReportPictures {
  const text = `${name}: noise of ${found.toFixed(1)} codes found, ${left.toFixed(1)} left`;
  return { text, size: lifted, pictures: [original.pixels, lifted.pixels, cleaned] };
}

function stripOfDetail({ picture: { name, lifted }, cleaned, changes }: DetailResult): ReportPictures {
  const text = `${name}: mean ΔE2000 ${changes.map((change) => change.toFixed(2)).join(', ')}`;
  return { text, size: lifted, pictures: [lifted.pixels, ...cleaned] };
}

function stripOfSky({ ev, overexposed, corrected, restored, target, codes }: BandedSky): ReportPictures {
  const { levels, largestStep } = codes.restored;
  const text = `${ev} EV: ${levels} levels and steps up to ${largestStep} codes, ${codes.target.levels} levels as it should be`;
  return { text, size: target, pictures: [overexposed, corrected, restored, target].map(({ pixels }) => pixels) };
}

const GAP = 6;

async function writeStrip(file: string, { size: { width, height }, pictures }: ReportPictures): Promise<void> {
  const layers = await Promise.all(
    pictures.map(async (pixels, i) => ({
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
  const whole = pictures.length * (width + GAP) - GAP;
  await sharp({ create: { width: whole, height, channels: 3, background: '#2b2b2b' } })
    .composite(layers)
    .png()
    .toFile(file);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function html(table: string, parts: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Restoration at 1:1</title>
<style>
  body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem; background: #2b2b2b; color: #ddd; }
  figure { margin: 0 0 1rem; } figcaption { color: #aaa; }
</style>
<h1>Restoration at 1:1, worst first</h1>
<pre>${escapeHtml(table)}</pre>
${parts.join('\n')}
</html>
`;
}
