/*
 * How well near-duplicates are told from different pictures (src/dataset/fingerprint.ts): similarity of changed copies, of
 * real exposures, and of pictures of different groups.
 *
 *   node --import tsx trainer/bench/near-duplicates.ts DATA [PAIRS.csv]
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import sharp, { type Sharp } from 'sharp';
import {
  type Fingerprint,
  NEAR_DUPLICATE,
  panoramaFingerprint,
  photoFingerprint,
  similarity,
} from '../src/dataset/fingerprint.ts';
import { loadPhoto, loadRadiance } from '../src/dataset/picture-store.ts';
import { readDataset } from '../src/dataset/read-dataset.ts';
import { readPairs } from '../src/evaluation/pairs.ts';

/** Every how manieth photograph is copied. */
const COPIED = 8;

const COPIES: Readonly<Record<string, (picture: Sharp) => Promise<Sharp>>> = {
  'JPEG quality 30': async (picture) => sharp(await picture.jpeg({ quality: 30 }).toBuffer()),
  '160 pixels, quality 60': async (picture) =>
    sharp(await picture.resize(160, 160, { fit: 'inside' }).jpeg({ quality: 60 }).toBuffer()),
  '-4 EV': (picture) => exposed(picture, -4),
  '-2 EV': (picture) => exposed(picture, -2),
  '+1.5 EV, clipped': (picture) => exposed(picture, 1.5),
  '+2.5 EV, clipped': (picture) => exposed(picture, 2.5),
  '1 % cut off each side': (picture) => cut(picture, 0.01),
  '3 % cut off each side': (picture) => cut(picture, 0.03),
};

/** Light on a power law of 2.2, scaled and clipped. */
async function exposed(picture: Sharp, exposureEv: number): Promise<Sharp> {
  const { data, info } = await picture.toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const curve = Uint8Array.from({ length: 256 }, (_, code) =>
    Math.min(255, Math.round(255 * ((code / 255) ** 2.2 * 2 ** exposureEv) ** (1 / 2.2))),
  );
  const codes = data.map((code) => curve[code]!);
  return sharp(codes, { raw: { width: info.width, height: info.height, channels: info.channels } });
}

async function cut(picture: Sharp, share: number): Promise<Sharp> {
  const { width, height } = await picture.metadata();
  const [left, top] = [Math.round(width * share), Math.round(height * share)];
  return picture.extract({ left, top, width: width - 2 * left, height: height - 2 * top });
}

function row(name: string, values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): string => sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(2);
  const found = sorted.filter((value) => value >= NEAR_DUPLICATE).length / sorted.length;
  return `${name.padEnd(26)} lowest ${at(0)}, 5th percentile ${at(0.05)}, median ${at(0.5)}, found ${(100 * found).toFixed(1)} %`;
}

const [data = '../shared/data/train', pairsFile] = process.argv.slice(2);
const folder = await mkdtemp(path.join(tmpdir(), 'evenlight-copies-'));
const { scenes } = await readDataset(data, 1);
const prints: { group: string; file: string; print: Fingerprint }[] = [];
const similarities = new Map<string, number[]>();
for (const [index, scene] of scenes.entries()) {
  const isPanorama = scene.kind === 'panorama';
  const print = isPanorama
    ? panoramaFingerprint(await loadRadiance(scene.file))
    : photoFingerprint(await loadPhoto(scene.file, 256));
  prints.push({ group: scene.group, file: scene.file, print });
  if (isPanorama || index % COPIED !== 0) continue;
  for (const [name, change] of Object.entries(COPIES)) {
    const file = path.join(folder, 'copy.png');
    await writeFile(file, await (await change(sharp(scene.file))).png({ compressionLevel: 1 }).toBuffer());
    const alike = similarity(print, photoFingerprint(await loadPhoto(file, 256)));
    similarities.set(name, [...(similarities.get(name) ?? []), alike]);
  }
}
await rm(folder, { recursive: true });
for (const { set, input, reference } of pairsFile === undefined ? [] : await readPairs(pairsFile)) {
  const [a, b] = [await loadPhoto(input, 256), await loadPhoto(reference, 256)];
  const alike = similarity(photoFingerprint(a), photoFingerprint(b));
  similarities.set(set, [...(similarities.get(set) ?? []), alike]);
}
for (const [name, values] of similarities) console.log(row(name, values));
let highest = { alike: -1, files: '' };
for (const [i, a] of prints.entries()) {
  for (const b of prints.slice(i + 1)) {
    const alike = a.group === b.group ? -1 : similarity(a.print, b.print);
    if (alike > highest.alike) highest = { alike, files: `${path.basename(a.file)} · ${path.basename(b.file)}` };
  }
}
console.log(`${prints.length} different pictures: highest ${highest.alike.toFixed(2)} (${highest.files})`);
