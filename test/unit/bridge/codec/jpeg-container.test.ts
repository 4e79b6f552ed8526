import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '@evenlight/bridge/src/codec/byte-source.ts';
import { embedInJpeg, readJpegContainer } from '@evenlight/bridge/src/codec/jpeg-container.ts';
import { writeExifBlock } from '@evenlight/bridge/src/codec/tiff-directory.ts';
import { concatenate } from '@evenlight/models';
import { adobeRgbProfile } from '../../../fixtures/icc-profile.ts';

const ASCII = new TextEncoder();
const SHORT = 3;
const UNDEFINED = 7;

function segment(marker: number, ...parts: (string | Uint8Array)[]): Uint8Array {
  const payload = concatenate(parts.map((part) => (typeof part === 'string' ? ASCII.encode(part) : part)));
  return concatenate([Uint8Array.of(0xff, marker, (payload.length + 2) >> 8, (payload.length + 2) & 0xff), payload]);
}

const EXIF = writeExifBlock([
  { tag: 274, type: SHORT, count: 1, value: Uint8Array.of(6, 0) },
  {
    ...{ tag: 34665, type: 4, count: 1, value: new Uint8Array(4) },
    directory: [{ tag: 37500, type: UNDEFINED, count: 9, value: ASCII.encode('MakerNote') }],
  },
]);
const PROFILE = adobeRgbProfile();

const SEGMENTS = [
  segment(0xe0, 'JFIF\0', Uint8Array.of(1, 1, 1, 1, 44, 1, 44, 0, 0)),
  segment(0xe1, 'Exif\0\0', EXIF),
  segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0', '<x:xmpmeta/>'),
  segment(0xe1, 'http://ns.adobe.com/xmp/extension/\0', 'more of it'),
  segment(0xe2, 'ICC_PROFILE\0', Uint8Array.of(2, 2), PROFILE.subarray(200)),
  segment(0xe2, 'ICC_PROFILE\0', Uint8Array.of(1, 2), PROFILE.subarray(0, 200)),
  segment(0xe2, 'MPF\0', 'index of more pictures'),
  segment(0xed, 'Photoshop 3.0\0', '8BIM caption'),
  segment(0xee, 'Adobe', Uint8Array.of(0, 100, 0, 0, 0, 0, 1)),
  segment(0xfe, 'a comment'),
];

async function plainJpeg(): Promise<Uint8Array> {
  return sharp({ create: { width: 16, height: 16, channels: 3, background: '#864' } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** A JPEG of sharp's with the segments above instead of its own. */
async function taggedJpeg(): Promise<Uint8Array> {
  const plain = await plainJpeg();
  const own = plain.subarray(2 + 2 + plain[4]! * 256 + plain[5]!);
  return concatenate([Uint8Array.of(0xff, 0xd8), ...SEGMENTS, own]);
}

describe('readJpegContainer', () => {
  it('finds profile, EXIF, XMP, IPTC, density and orientation', async () => {
    const { metadata, warnings, losses } = await readJpegContainer(bytesOf(await taggedJpeg()));

    expect(metadata.icc).toEqual(PROFILE);
    expect(metadata.exif).toEqual(EXIF);
    expect(metadata.xmp).toEqual(ASCII.encode('<x:xmpmeta/>'));
    expect(metadata.photoshop).toEqual(ASCII.encode('8BIM caption'));
    expect(metadata.density).toEqual({ x: 300, y: 300, unit: 'inch' });
    expect(metadata.orientation).toBe(6);
    expect([...warnings, ...losses]).toEqual([]);
  });

  it('skips fill bytes before a marker', async () => {
    const jpeg = await plainJpeg();
    const filled = concatenate([jpeg.subarray(0, 2), Uint8Array.of(0xff, 0xff), jpeg.subarray(2)]);
    expect((await readJpegContainer(bytesOf(filled))).components).toBe(3);
  });

  it('passes over stray bytes between segments and says how many', async () => {
    const jpeg = await plainJpeg();
    const stray = concatenate([jpeg.subarray(0, 2), Uint8Array.of(1, 2, 0, 0xff, 0, 3), jpeg.subarray(2)]);
    const { components, warnings } = await readJpegContainer(bytesOf(stray));
    expect(components).toBe(3);
    expect(warnings).toEqual(["5 stray bytes between the file's segments were passed over"]);
  });

  it.each([
    ['nothing after the start marker', Uint8Array.of(0xff, 0xd8), /ends at byte 2/],
    ['a segment that is cut off', Uint8Array.of(0xff, 0xd8, 0xff, 0xe1, 0x40, 0, 1), /segment at offset 2 is cut off/],
    ['something else than a marker', Uint8Array.of(0xff, 0xd8, 1, 2, 3, 4), /ends at byte 6, before the first scan/],
    ['an end without a scan', Uint8Array.of(0xff, 0xd8, 0xff, 0xd9, 0, 0), /no scan/],
  ])('rejects %s', async (_what, bytes, message) => {
    await expect(readJpegContainer(bytesOf(bytes))).rejects.toThrow(message);
  });
});

describe('embedInJpeg', () => {
  it('puts every segment back byte for byte, except those that describe the old coding or lead nowhere', async () => {
    const { metadata } = await readJpegContainer(bytesOf(await taggedJpeg()));
    const warnings: string[] = [];

    const whole = concatenate(await embedInJpeg(await plainJpeg(), metadata, warnings));

    const kept = SEGMENTS.filter((bytes) => bytes[1] !== 0xee && !new TextDecoder().decode(bytes).includes('MPF'));
    expect(Buffer.from(whole.subarray(2)).indexOf(concatenate(kept))).toBe(0);
    expect(warnings).toEqual([]);
    const again = await readJpegContainer(bytesOf(whole));
    expect(again.metadata.icc).toEqual(PROFILE);
    const { orientation, density, hasProfile } = await sharp(whole).metadata();
    expect({ orientation, density, hasProfile }).toEqual({ orientation: 6, density: 300, hasProfile: true });
  });

  it('cuts a large profile of another format into numbered pieces', async () => {
    const large = new Uint8Array(150_000).map((_, index) => index % 251);
    const metadata = { icc: large, orientation: 1, native: { format: 'png', blocks: [] } } as const;

    const whole = concatenate(await embedInJpeg(await plainJpeg(), metadata, []));

    const { icc = new Uint8Array() } = (await readJpegContainer(bytesOf(whole))).metadata;
    expect(Buffer.compare(icc, large)).toBe(0);
  });

  it('says so when EXIF does not fit into a segment', async () => {
    const exif = new Uint8Array(70_000);
    const warnings: string[] = [];
    await embedInJpeg(await plainJpeg(), { exif, orientation: 1, native: { format: 'png', blocks: [] } }, warnings);
    expect(warnings).toEqual(['the EXIF of 70000 bytes does not fit into a JPEG and is left out']);
  });

  it('keeps what follows the picture, so that offsets from the end of the file stay valid', async () => {
    const video = Uint8Array.from({ length: 5000 }, (_, index) => index % 256);
    const file = concatenate([await taggedJpeg(), video]);
    const { metadata } = await readJpegContainer(bytesOf(file));

    const whole = concatenate(await embedInJpeg(await plainJpeg(), metadata, []));

    expect(Buffer.compare(whole.subarray(-video.length), video)).toBe(0);
    expect(whole[whole.length - video.length - 1]).toBe(0xd9);
  });

  it.each([true, false])(
    'tells the index of a multi-picture file where its pictures are (little endian: %s)',
    async (little) => {
      const second = await plainJpeg();
      const { file, firstBytes } = await multiPictureJpeg(second, little);
      const { metadata } = await readJpegContainer(bytesOf(file));

      const bigger = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#246' } })
        .jpeg({ quality: 100 })
        .toBuffer();
      const whole = concatenate(await embedInJpeg(bigger, metadata, []));

      const { first, offset, start } = indexedPictures(whole, little);
      expect(firstBytes).not.toBe(first);
      expect(whole.length - second.length).toBe(first);
      expect(Buffer.compare(whole.subarray(start + offset), second)).toBe(0);
    },
  );

  it('keeps Canon CIFF data, which stand in an APP0 segment as JFIF does', async () => {
    const ciff = segment(0xe0, 'II', Uint8Array.of(26, 0, 0, 0), 'HEAPJPGM', new Uint8Array(12));
    const plain = await plainJpeg();
    const { metadata } = await readJpegContainer(bytesOf(concatenate([plain.subarray(0, 2), ciff, plain.subarray(2)])));
    const whole = concatenate(await embedInJpeg(plain, metadata, []));
    expect(Buffer.from(whole).indexOf(ciff)).toBeGreaterThan(0);
  });

  it('splits XMP that is too large for a segment, and reads it again', async () => {
    const xmp = ASCII.encode(`<x:xmpmeta><rdf:RDF><a>${'history '.repeat(20_000)}</a></rdf:RDF></x:xmpmeta>`);
    const metadata = { xmp, orientation: 1, native: { format: 'png', blocks: [] } } as const;

    const whole = concatenate(await embedInJpeg(await plainJpeg(), metadata, []));

    const again = (await readJpegContainer(bytesOf(whole))).metadata;
    expect(Buffer.compare(again.extendedXmp ?? new Uint8Array(), xmp)).toBe(0);
    expect(new TextDecoder().decode(again.xmp)).toMatch(/HasExtendedXMP="[0-9A-F]{32}"/);
  });
});

/** A JPEG whose index (CIPA DC-007) names a second one behind it. */
async function multiPictureJpeg(
  second: Uint8Array,
  little: boolean,
): Promise<{ file: Uint8Array; firstBytes: number }> {
  const plain = await plainJpeg();
  const index = new DataView(new ArrayBuffer(8 + 2 + 12 + 4 + 32));
  [0x49, 0x4d].forEach((byte, choice) => (choice === 0) === little && [0, 1].forEach((at) => index.setUint8(at, byte)));
  index.setUint16(2, 42, little);
  index.setUint32(4, 8, little);
  index.setUint16(8, 1, little);
  index.setUint16(10, 0xb002, little);
  index.setUint16(12, 7, little);
  index.setUint32(14, 32, little);
  index.setUint32(18, 26, little);
  const firstBytes = plain.length + 4 + 4 + index.byteLength;
  index.setUint32(26, 0x2003_0000, little);
  index.setUint32(30, firstBytes, little);
  index.setUint32(42, 0, little);
  index.setUint32(46, second.length, little);
  index.setUint32(50, firstBytes - 2 - 8, little);
  const block = segment(0xe2, 'MPF\0', new Uint8Array(index.buffer));
  return { file: concatenate([plain.subarray(0, 2), block, plain.subarray(2), second]), firstBytes };
}

function indexedPictures(file: Uint8Array, little: boolean): { first: number; offset: number; start: number } {
  const start = Buffer.from(file).indexOf('MPF\0') + 4;
  const fields = new DataView(file.buffer, file.byteOffset + start);
  return { first: fields.getUint32(30, little), offset: fields.getUint32(50, little), start };
}
