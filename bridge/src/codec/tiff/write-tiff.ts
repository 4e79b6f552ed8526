import type { FileHandle } from 'node:fs/promises';
import { channelCount } from '../stored-picture.ts';
import {
  fixedEntries,
  longEntry,
  shortEntry,
  type TiffEntry,
  withoutFixedPlace,
  writeDirectory,
} from '../tiff-directory.ts';
import { deflateStrip } from './deflate-strip.ts';
import { inOrderAhead } from './in-order-ahead.ts';
import { packLzw } from './lzw-threads.ts';
import { packBitsEncode } from './packbits.ts';
import { packRows } from './pack-rows.ts';
import type { TiffPage } from './tiff-page.ts';

/*
 * Writes TIFF pages: interleaved strips, little endian, with a predictor where that helps the compression. sharp's TIFF writer
 * knows neither CMYK nor Lab from bare pixels, casts floats to 16 bits, and writes only one page.
 */

const STRIP_BYTES = 1 << 19;
/** Strips that are packed while one is written: enough to keep the threads of zlib and LZW at work. */
const STRIPS_AHEAD = 4;
const COMPRESSIONS = { none: 1, lzw: 5, deflate: 8, packbits: 32773 } as const;
const PHOTOMETRICS = { gray: 1, rgb: 2, cmyk: 5, lab: 8 } as const;
const ALPHAS = { unspecified: 0, associated: 1, unassociated: 2 } as const;
const MAX_FILE_BYTES = 0xffff_ffff;

/** Writes the pages of a TIFF file one after the other. */
export class TiffWriter {
  readonly #file: FileHandle;
  #end = 8;
  /** Where the offset of the next page's directory goes. */
  #link = 4;

  /** @param file open for writing, empty */
  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @throws RangeError when the file would be larger than 4 GiB */
  async addPage(page: TiffPage): Promise<void> {
    const isFirst = this.#link === 4;
    if (isFirst) await this.#begin(page.entries);
    const own = isFirst ? page.entries : page.entries.map(withoutFixedPlace);
    const rowBytes = page.width * channelCount(page) * { uint8: 1, uint16: 2, float32: 4 }[page.format];
    const stripRows = Math.max(1, Math.min(page.height, Math.floor(STRIP_BYTES / rowBytes)));
    const offsets: number[] = [];
    const counts: number[] = [];
    const strips = inOrderAhead(Math.ceil(page.height / stripRows), STRIPS_AHEAD, async (index) => {
      const rows = Math.min(stripRows, page.height - index * stripRows);
      return compress(packRows(await page.rows(index * stripRows, rows), page, rows), page, rows);
    });
    for await (const strip of strips) {
      offsets.push(await this.#append(strip));
      counts.push(strip.length);
    }
    const entries = [...structure(page, stripRows, offsets, counts), ...own];
    const at = this.#end + (this.#end % 2);
    const directory = writeDirectory(entries, at);
    await this.#write(directory, at);
    await this.#write(longEntry(0, [at]).value, this.#link);
    const written = new DataView(directory.buffer, directory.byteOffset).getUint16(0, true);
    this.#link = at + 2 + 12 * written;
    this.#end = at + directory.length;
  }

  /** Maker notes keep their offset, so that the offsets inside them stay valid; the pixels follow. */
  async #begin(entries: readonly TiffEntry[]): Promise<void> {
    await this.#write(Uint8Array.of(0x49, 0x49, 42, 0, 0, 0, 0, 0), 0);
    for (const { fixedOffset, value } of fixedEntries(entries)) {
      await this.#write(value, fixedOffset);
      this.#end = Math.max(this.#end, fixedOffset + value.length);
    }
  }

  async #append(bytes: Uint8Array): Promise<number> {
    const at = this.#end + (this.#end % 2);
    if (at + bytes.length > MAX_FILE_BYTES) throw new RangeError('a TIFF file cannot be larger than 4 GiB');
    await this.#write(bytes, at);
    this.#end = at + bytes.length;
    return at;
  }

  async #write(bytes: Uint8Array, at: number): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
  }
}

function structure(
  page: TiffPage,
  stripRows: number,
  offsets: readonly number[],
  counts: readonly number[],
): TiffEntry[] {
  const channels = channelCount(page);
  const bits = { uint8: 8, uint16: 16, float32: 32 }[page.format];
  const each = <T>(value: T): T[] => Array.from({ length: channels }, () => value);
  const predictor = predictorOf(page);
  return [
    longEntry(256, [page.width]),
    longEntry(257, [page.height]),
    shortEntry(258, each(bits)),
    shortEntry(259, [COMPRESSIONS[page.method]]),
    shortEntry(262, [PHOTOMETRICS[page.model]]),
    longEntry(273, offsets),
    shortEntry(277, [channels]),
    longEntry(278, [stripRows]),
    longEntry(279, counts),
    shortEntry(284, [1]),
    ...(predictor > 1 ? [shortEntry(317, [predictor])] : []),
    ...(page.model === 'cmyk' ? [shortEntry(332, [1])] : []),
    ...(page.hasAlpha ? [shortEntry(338, [ALPHAS[page.alpha ?? 'unassociated']])] : []),
    ...(page.format === 'float32' ? [shortEntry(339, each(3))] : []),
  ];
}

function predictorOf({ method, format }: TiffPage): 1 | 2 | 3 {
  if (method === 'none' || method === 'packbits') return 1;
  return format === 'float32' ? 3 : 2;
}

async function compress(bytes: Uint8Array, page: TiffPage, rows: number): Promise<Uint8Array> {
  switch (page.method) {
    case 'none':
      return bytes;
    case 'lzw':
      return packLzw(bytes);
    case 'deflate':
      return deflateStrip(bytes);
    case 'packbits': {
      const rowBytes = bytes.length / rows;
      const packed = Array.from({ length: rows }, (_, row) =>
        packBitsEncode(bytes.subarray(row * rowBytes, (row + 1) * rowBytes)),
      );
      return Buffer.concat(packed);
    }
  }
}
