import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createLocalFixer } from '@evenlight/bridge/src/fix/local-fixer.ts';
import { KernelService } from '../fakes/kernel-service.ts';
import { fixRun } from '../fixtures/fix-run.ts';
import { madePicture, temporaryFolder } from '../fixtures/photo-files.ts';

/*
 * Ultra HDR (Android, "Ultra HDR Image Format" 1.1): a JPEG whose gain map, another JPEG, follows it. The map says by how much each
 * place is brighter in high dynamic range than in the first picture, so it stays true when the first picture is corrected.
 */

const [WIDTH, HEIGHT] = [64, 48];
const GAIN_MAX = 2.5;
const startFixer = () => Promise.resolve(createLocalFixer(new KernelService()));

function segment(marker: number, ...parts: (string | Uint8Array)[]): Buffer {
  const payload = Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1')));
  return Buffer.concat([Buffer.of(0xff, marker, (payload.length + 2) >> 8, (payload.length + 2) & 0xff), payload]);
}

function withSegments(jpeg: Buffer, ...segments: Buffer[]): Buffer {
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

const xmp = (text: string): Buffer => segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0', text);

/** CIPA DC-007's index of two pictures; the offset of the second one counts from the index itself. */
function multiPicture(firstBytes: number, secondBytes: number, offset: number): Buffer {
  const index = Buffer.alloc(8 + 2 + 12 + 4 + 32);
  index.write('II*\0\x08\0\0\0', 'latin1');
  index.writeUInt16LE(1, 8);
  index.writeUInt16LE(0xb002, 10);
  index.writeUInt16LE(7, 12);
  index.writeUInt32LE(32, 14);
  index.writeUInt32LE(26, 18);
  index.writeUInt32LE(0x03_0000, 26);
  index.writeUInt32LE(firstBytes, 30);
  index.writeUInt32LE(secondBytes, 46);
  index.writeUInt32LE(offset, 50);
  return segment(0xe2, 'MPF\0', index);
}

async function ultraHdr(): Promise<{ file: Buffer; gainMap: Buffer }> {
  const { pixels } = madePicture(WIDTH, HEIGHT, 3);
  const first = await sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .jpeg()
    .toBuffer();
  const map = madePicture(WIDTH / 4, HEIGHT / 4, 1);
  const plain = await sharp(map.pixels, { raw: { width: WIDTH / 4, height: HEIGHT / 4, channels: 1 } })
    .jpeg()
    .toBuffer();
  const gainMap = withSegments(plain, xmp(`<hdrgm hdrgm:Version="1.0" hdrgm:GainMapMax="${GAIN_MAX}"/>`));
  const claim = xmp(
    '<rdf:Description hdrgm:Version="1.0"><Container:Directory>' +
      `<Container:Item Item:Semantic="GainMap" Item:Length="${gainMap.length}"/></Container:Directory></rdf:Description>`,
  );
  const placeholder = multiPicture(0, 0, 0);
  const firstBytes = first.length + claim.length + placeholder.length;
  const indexAt = 2 + claim.length + 8;
  const index = multiPicture(firstBytes, gainMap.length, firstBytes - indexAt);
  return { file: Buffer.concat([withSegments(first, claim, index), gainMap]), gainMap };
}

/** Where the second picture of a file is, by its index. */
function secondPicture(file: Buffer): Buffer {
  const index = file.indexOf('MPF\0', 0, 'latin1') + 4;
  const start = index + file.readUInt32LE(index + 50);
  return file.subarray(start, start + file.readUInt32LE(index + 46));
}

/** Mean log2 of linear light of the file in standard and in high dynamic range. */
async function lightOf(file: Buffer): Promise<{ standard: number; high: number }> {
  const base = await sharp(file).toColourspace('srgb').raw().toBuffer();
  const size = { width: WIDTH, height: HEIGHT, fit: 'fill', kernel: 'linear' } as const;
  const gains = await sharp(secondPicture(file)).resize(size).toColourspace('b-w').raw().toBuffer();
  let [standard, high] = [0, 0];
  for (const [at, code] of base.entries()) {
    const linear = code <= 10 ? code / 255 / 12.92 : ((code / 255 + 0.055) / 1.055) ** 2.4;
    const offset = 1 / 64;
    standard += Math.log2(linear + offset);
    high += Math.log2((linear + offset) * 2 ** ((gains[Math.floor(at / 3)]! / 255) * GAIN_MAX));
  }
  return { standard: standard / base.length, high: high / base.length };
}

describe('an Ultra HDR photograph', () => {
  it('keeps its gain map, where its index and its XMP say, and brightens in both ranges alike', async () => {
    const folder = await temporaryFolder();
    const { file, gainMap } = await ultraHdr();
    const path = join(folder, 'a.jpg');
    await writeFile(path, file);

    const { results, outcomes } = await fixRun([path], {}, { startFixer });

    expect(results).toEqual(['a.jpg: fixed']);
    const after = await readFile(outcomes[0]!.output!);
    expect(secondPicture(after).equals(gainMap)).toBe(true);
    expect(after.toString('latin1')).toContain(`Item:Length="${gainMap.length}"`);
    const [old, now] = [await lightOf(file), await lightOf(after)];
    const change = now.standard - old.standard;
    expect(Math.abs(change)).toBeGreaterThan(0.1);
    expect(now.high - old.high).toBeCloseTo(change, 6);
  });

  it('in another format declares no gain map, and a warning says what is not there', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a.jpg');
    await writeFile(path, (await ultraHdr()).file);
    const { outcomes } = await fixRun([path], { format: 'png' }, { startFixer });
    const after = (await readFile(outcomes[0]!.output!)).toString('latin1');
    expect(after).not.toMatch(/hdrgm|Container:Directory/);
    expect(outcomes[0]).toMatchObject({
      result: { warnings: [expect.stringMatching(/HDR gain map.* has no place in png/) as string] },
    });
  });
});
