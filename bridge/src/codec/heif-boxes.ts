import type { ByteSource } from './byte-source.ts';
import type { CodePoints } from './code-points.ts';

/* Reads what libheif's readers do not return: boxes of HEIF files (ISO/IEC 23008-12). */

/** How much of the file's start is read: the properties stand there. */
const HEAD_BYTES = 1 << 20;
const GAIN_MAPS = ['urn:com:apple:photo:2020:aux:hdrgainmap', 'tmap', 'urn:iso:std:iso:ts:21496'];

export interface HeifFacts {
  readonly codePoints?: CodePoints;
  readonly hasGainMap: boolean;
  readonly hasDepth: boolean;
}

export async function heifFacts(source: ByteSource): Promise<HeifFacts> {
  const head = await source.read(0, Math.min(source.sizeBytes, HEAD_BYTES));
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const at = bytes.indexOf('colrnclx', 0, 'latin1');
  const codePoints =
    at < 0 || at + 15 > bytes.length
      ? undefined
      : {
          primaries: bytes.readUInt16BE(at + 8),
          transfer: bytes.readUInt16BE(at + 10),
          isFullRange: (bytes[at + 14]! & 0x80) !== 0,
        };
  return {
    ...(codePoints && { codePoints }),
    hasGainMap: GAIN_MAPS.some((mark) => bytes.includes(mark, 0, 'latin1')),
    hasDepth: bytes.includes('aux:depth', 0, 'latin1') || bytes.includes('auxid:2', 0, 'latin1'),
  };
}
