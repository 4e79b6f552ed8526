import { crc32 } from 'node:zlib';
import { concatenate } from '@evenlight/models';
import type { ByteSource } from './byte-source.ts';
import { latin1 } from './latin1.ts';

/*
 * Says what is wrong with a PNG, because its decoder mostly says "unknown error". Checks the header (W3C PNG, third edition,
 * section 11.2.1) and the chunks' checksums.
 */

/** Depths that each kind of colour allows. */
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
const SIGNATURE_BYTES = 8;

/** @throws RangeError with the first thing that is wrong with header, order or checksums */
export async function checkPng(source: ByteSource): Promise<void> {
  let at = SIGNATURE_BYTES;
  let hasPixels = false;
  let isFirst = true;
  while (at < source.sizeBytes) {
    const head = await source.read(at, 8);
    if (head.length < 8) throw new RangeError(`the file ends inside a chunk's head at byte ${at}`);
    const sizeBytes = new DataView(head.buffer, head.byteOffset).getUint32(0);
    const type = String.fromCharCode(...head.subarray(4, 8));
    if (!/^[A-Za-z]{4}$/.test(type)) throw new RangeError(`no chunk at byte ${at}`);
    if (isFirst && type !== 'IHDR') throw new RangeError(`the first chunk is ${type}, expected IHDR`);
    isFirst = false;
    // Decoders ignore metadata with a wrong checksum, so only the chunks that the pixels need are checked.
    if (/^[A-Z]/.test(type)) await checkChunk(source, { at, type, sizeBytes });
    hasPixels ||= type === 'IDAT';
    if (type === 'IEND') break;
    at += 12 + sizeBytes;
  }
  if (!hasPixels) throw new RangeError('no pixels: chunk IDAT is missing');
}

async function checkChunk(
  source: ByteSource,
  { at, type, sizeBytes }: { at: number; type: string; sizeBytes: number },
): Promise<void> {
  const content = await source.read(at + 8, sizeBytes + 4);
  if (content.length < sizeBytes + 4) {
    throw new RangeError(
      `cut off in chunk ${type}: it needs ${sizeBytes} bytes, ${Math.max(0, content.length - 4)} are there`,
    );
  }
  const stored = new DataView(content.buffer, content.byteOffset).getUint32(sizeBytes);
  if (crc32(concatenate([latin1(type), content.subarray(0, sizeBytes)])) !== stored) {
    throw new RangeError(`chunk ${type}: its checksum is wrong`);
  }
  if (type === 'IHDR') checkHeader(content.subarray(0, sizeBytes));
}

function checkHeader(header: Uint8Array): void {
  if (header.length !== 13) throw new RangeError(`chunk IHDR has ${header.length} bytes, needs 13`);
  const fields = new DataView(header.buffer, header.byteOffset);
  const [depth, colour] = [header[8]!, header[9]!];
  if (fields.getUint32(0) === 0 || fields.getUint32(4) === 0) throw new RangeError('chunk IHDR: a side of 0 pixels');
  const depths = DEPTHS[colour];
  if (depths === undefined) throw new RangeError(`chunk IHDR: colour type ${colour} does not exist`);
  if (!depths.includes(depth)) throw new RangeError(`chunk IHDR: ${depth} bits do not go with colour type ${colour}`);
}
