import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import type { KeepItem } from './keep/keep-picture.ts';
import type { KeepResult } from './keep/keep-score.ts';
import { type KeepSheet, writeKeepSheets } from './keep/keep-sheets.ts';
import { readPicture } from './picture-file.ts';
import type { NetworkPredictor } from './network-predictor.ts';
import { correct, type PairScore } from './score.ts';

/** Width of the pictures in a report, in pixels. */
const PICTURE_WIDTH = 360;

/** What a report shows. `kept` are the results of `keep`, in its order. */
export interface ReportContent {
  readonly pairs: readonly PairScore[];
  readonly keep: readonly KeepItem[];
  readonly kept: readonly KeepResult[];
}

/**
 * Writes `index.html` and its pictures: contact sheets of pictures that must not be harmed, by kind, worst first; then for every pair
 * before, after and reference side by side. Pairs whose PSNR the model raised least (or lowered most) come first.
 *
 * @returns the path of the page
 */
export async function writeReport(
  folder: string,
  predictor: NetworkPredictor,
  content: ReportContent,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const sheets = await writeKeepSheets(folder, predictor, content.keep, content.kept);
  const page = path.join(folder, 'index.html');
  await writeFile(page, html([...sheets.map(sheetSection), ...(await pairSections(folder, predictor, content.pairs))]));
  return page;
}

function sheetSection({ kind, file }: KeepSheet): string {
  const alt = `${escapeHtml(kind)}: before, after`;
  return `<section><h2>${escapeHtml(kind)}</h2><img src="${file}" alt="${alt}" loading="lazy"></section>`;
}

async function pairSections(
  folder: string,
  predictor: NetworkPredictor,
  pairs: readonly PairScore[],
): Promise<string[]> {
  const worstFirst = [...pairs].sort((a, b) => gain(a) - gain(b));
  const rows: string[] = [];
  for (const [rank, pair] of worstFirst.entries()) {
    const input = await readPicture(pair.input);
    const pictures = {
      before: input,
      after: await correct(predictor, input),
      reference: await readPicture(pair.reference),
    };
    const cells: string[] = [];
    for (const [name, picture] of Object.entries(pictures)) {
      const file = `${String(rank).padStart(4, '0')}-${name}.jpg`;
      const { width, height } = picture;
      await sharp(picture.pixels, { raw: { width, height, channels: 3 } })
        .resize({ width: PICTURE_WIDTH, withoutEnlargement: true })
        .jpeg({ quality: 88 })
        .toFile(path.join(folder, file));
      cells.push(`<figure><img src="${file}" alt="${name}" loading="lazy"><figcaption>${name}</figcaption></figure>`);
    }
    rows.push(
      `<section><h2>${escapeHtml(pair.set)} · ${escapeHtml(path.basename(pair.input))}</h2><p>${scores(pair)}</p><div>${cells.join('')}</div></section>`,
    );
  }
  return rows;
}

function gain(pair: PairScore): number {
  return pair.model.psnr - pair.identity.psnr;
}

function scores({ model, identity, autoGamma }: PairScore): string {
  const change = model.psnr - identity.psnr;
  const verdict = change < 0 ? '<strong>worse than before</strong>' : `+${change.toFixed(1)} dB`;
  const others = [model.ssim && `SSIM ${model.ssim.toFixed(3)}`, model.deltaE && `ΔE2000 ${model.deltaE.toFixed(1)}`];
  const psnr = `PSNR ${model.psnr.toFixed(2)} dB (before ${identity.psnr.toFixed(2)}, auto-gamma ${autoGamma.psnr.toFixed(2)}; ${verdict})`;
  return [psnr, ...others.filter(Boolean)].join(' · ');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function html(rows: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Evaluation: before, after, reference</title>
<style>
  body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 1140px; background: #2b2b2b; color: #ddd; }
  h2 { font-size: 1rem; margin: 2rem 0 0; } p { margin: 0.2rem 0 0.5rem; color: #aaa; }
  div { display: flex; gap: 12px; } figure { margin: 0; flex: 1; } img { width: 100%; } figcaption { color: #888; }
  strong { color: #ff9d7a; }
</style>
<h1>Before, after, and what it should be: worst first</h1>
${rows.join('\n')}
</html>
`;
}
