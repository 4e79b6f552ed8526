import { BridgeError } from '../../errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { latin1, startsWith } from '../latin1.ts';
import { checkPictureSize, type StoredPicture } from '../stored-picture.ts';
import { packBitsDecode } from '../tiff/packbits.ts';
import { photoshopResources } from '../photoshop-resources.ts';

/* Photoshop documents, PSD and PSB (Adobe Photoshop File Formats Specification): sections, and the flattened picture. */

export interface PsdHeader {
  readonly isLarge: boolean;
  readonly channels: number;
  readonly width: number;
  readonly height: number;
  readonly bits: 8 | 16 | 32;
  readonly model: StoredPicture['model'];
}

export interface PsdFile {
  readonly header: PsdHeader;
  readonly colourData: Uint8Array;
  readonly resources: Uint8Array;
  /** The layer and mask section without its length. */
  readonly layers: Uint8Array;
  /** The flattened picture's channels as they are stored, unpacked: big endian. */
  readonly planes: readonly Uint8Array[];
}

const MODELS: Readonly<Record<number, StoredPicture['model']>> = { 1: 'gray', 3: 'rgb', 4: 'cmyk', 9: 'lab' };
const OTHER_MODES: Readonly<Record<number, string>> = { 0: 'bitmap', 2: 'indexed', 7: 'multichannel', 8: 'duotone' };
const MODE_CODES = { gray: 1, rgb: 3, cmyk: 4, lab: 9 } as const;
const HEADER_BYTES = 26;
const VERSION_INFO = 1057;

/**
 * @throws RangeError where the file is damaged or cut off
 * @throws BridgeError `UNSUPPORTED_FORMAT` for other modes, and for documents without a flattened picture
 */
export async function readPsd(source: ByteSource): Promise<PsdFile> {
  const header = headerOf(await exactly(source, 0, HEADER_BYTES));
  let at = HEADER_BYTES;
  const section = async (lengthBytes: 4 | 8): Promise<Uint8Array> => {
    const head = await exactly(source, at, lengthBytes);
    const fields = new DataView(head.buffer, head.byteOffset);
    const length = lengthBytes === 8 ? Number(fields.getBigUint64(0)) : fields.getUint32(0);
    const bytes = await exactly(source, at + lengthBytes, length);
    at += lengthBytes + length;
    return bytes;
  };
  const colourData = await section(4);
  const resources = await section(4);
  const layers = await section(header.isLarge ? 8 : 4);
  const version = photoshopResources(resources).find(({ id }) => id === VERSION_INFO)?.content;
  if (version !== undefined && version[4] === 0) {
    throw refusal('without its flattened picture: save it with "Maximize Compatibility"');
  }
  return { header, colourData, resources, layers, planes: await readPlanes(source, at, header) };
}

function headerOf(bytes: Uint8Array): PsdHeader {
  const fields = new DataView(bytes.buffer, bytes.byteOffset);
  const version = fields.getUint16(4);
  if (!startsWith(bytes, '8BPS') || (version !== 1 && version !== 2)) throw new RangeError('no Photoshop document');
  const [channels, height, width] = [fields.getUint16(12), fields.getUint32(14), fields.getUint32(18)];
  const [bits, mode] = [fields.getUint16(22), fields.getUint16(24)];
  const model = MODELS[mode];
  if (model === undefined)
    throw refusal(`in ${OTHER_MODES[mode] ?? `an unknown (${mode})`} mode: convert it to RGB first`);
  if (bits !== 8 && bits !== 16 && bits !== 32) throw refusal(`of ${bits} bits a channel`);
  if (bits === 32 && (model === 'cmyk' || model === 'lab')) throw refusal(`in ${model} mode with 32 bits`);
  checkPictureSize(width, height, channels, bits / 8);
  return { isLarge: version === 2, channels, width, height, bits, model };
}

async function readPlanes(source: ByteSource, at: number, header: PsdHeader): Promise<Uint8Array[]> {
  const { channels, width, height, bits, isLarge } = header;
  const head = await exactly(source, at, 2);
  const compression = head[0]! * 256 + head[1]!;
  const rowBytes = (width * bits) / 8;
  if (compression === 0) {
    return inOrder(channels, (channel) => exactly(source, at + 2 + channel * rowBytes * height, rowBytes * height));
  }
  if (compression !== 1) throw refusal(`whose flattened picture has compression ${compression}`);
  const countBytes = isLarge ? 4 : 2;
  const table = await exactly(source, at + 2, channels * height * countBytes);
  const fields = new DataView(table.buffer, table.byteOffset);
  let next = at + 2 + table.length;
  return inOrder(channels, async (channel) => {
    const counts = Array.from({ length: height }, (_, row) => {
      const place = (channel * height + row) * countBytes;
      return isLarge ? fields.getUint32(place) : fields.getUint16(place);
    });
    const packed = await exactly(
      source,
      next,
      counts.reduce((sum, count) => sum + count, 0),
    );
    next += packed.length;
    return unpackRows(packed, counts, rowBytes);
  });
}

function unpackRows(packed: Uint8Array, counts: readonly number[], rowBytes: number): Uint8Array {
  const plane = new Uint8Array(rowBytes * counts.length);
  let from = 0;
  for (const [row, count] of counts.entries()) {
    plane.set(packBitsDecode(packed.subarray(from, from + count), rowBytes), row * rowBytes);
    from += count;
  }
  return plane;
}

async function inOrder<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  for (let index = 0; index < count; index++) made.push(await make(index));
  return made;
}

/** Header and colour data of a new document. */
export function writePsdHeader({ isLarge, channels, width, height, bits, model }: PsdHeader): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  const fields = new DataView(header.buffer);
  header.set(latin1('8BPS'));
  fields.setUint16(4, isLarge ? 2 : 1);
  fields.setUint16(12, channels);
  fields.setUint32(14, height);
  fields.setUint32(18, width);
  fields.setUint16(22, bits);
  fields.setUint16(24, MODE_CODES[model]);
  return header;
}

async function exactly(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await source.read(offset, length);
  if (bytes.length < length)
    throw new RangeError(`${length} bytes expected at byte ${offset}, ${bytes.length} are there`);
  return bytes;
}

function refusal(what: string): BridgeError {
  return new BridgeError('UNSUPPORTED_FORMAT', `a Photoshop document ${what}`);
}
