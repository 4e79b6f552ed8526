/*
 * TensorBoard's event files: TFRecord frames (u64 length, its masked CRC-32C, bytes, their masked CRC-32C) of `Event` messages
 * (tensorflow/core/util/event.proto). Written here and not by `tf.node.summaryFileWriter`, which keeps one writer a folder
 * for the life of the process and cannot close it: a resumed run must cut what its checkpoint does not know, and a sweep
 * opens many files.
 */

/** What `Event` fields of these numbers are, with their wire type: `number << 3 | type`. */
const TAG = { wallTime: 0x09, step: 0x10, fileVersion: 0x1a, summary: 0x2a } as const;
/** `Summary.value`, `Summary.Value.tag` and `.simple_value`. */
const VALUE_TAG = { value: 0x0a, tag: 0x0a, simpleValue: 0x15 } as const;
const HEADER_BYTES = 12;
const FOOTER_BYTES = 4;

/** The first record of every event file. */
export function fileVersionRecord(wallTimeSeconds: number): Buffer {
  return frame(Buffer.concat([wallTime(wallTimeSeconds), delimited(TAG.fileVersion, Buffer.from('brain.Event:2'))]));
}

/** A record with named numbers of one step. */
export function scalarRecord(step: number, scalars: Readonly<Record<string, number>>, wallTimeSeconds: number): Buffer {
  const values = Object.entries(scalars).map(([name, value]) => {
    const number = Buffer.alloc(5);
    number[0] = VALUE_TAG.simpleValue;
    number.writeFloatLE(value, 1);
    return delimited(VALUE_TAG.value, Buffer.concat([delimited(VALUE_TAG.tag, Buffer.from(name)), number]));
  });
  const at = step === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([TAG.step]), varint(step)]);
  return frame(Buffer.concat([wallTime(wallTimeSeconds), at, delimited(TAG.summary, Buffer.concat(values))]));
}

/** How many bytes of an event file hold whole records of steps up to `lastStep`, from its beginning. */
export function bytesUpTo(file: Buffer, lastStep: number): number {
  let at = 0;
  while (at + HEADER_BYTES <= file.length) {
    const begin = at + HEADER_BYTES;
    const end = begin + Number(file.readBigUInt64LE(at));
    if (end + FOOTER_BYTES > file.length || stepOf(file.subarray(begin, end)) > lastStep) break;
    at = end + FOOTER_BYTES;
  }
  return at;
}

/** The step of an event as it is written above: behind the wall time, if it is not 0. */
function stepOf(event: Buffer): number {
  if (event[9] !== TAG.step) return 0;
  let step = 0;
  for (let at = 10, scale = 1; at < event.length; at++, scale *= 128) {
    step += (event[at]! & 0x7f) * scale;
    if (event[at]! < 0x80) break;
  }
  return step;
}

function wallTime(seconds: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = TAG.wallTime;
  bytes.writeDoubleLE(seconds, 1);
  return bytes;
}

function delimited(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

function frame(content: Buffer): Buffer {
  const record = Buffer.alloc(HEADER_BYTES + content.length + FOOTER_BYTES);
  record.writeBigUInt64LE(BigInt(content.length), 0);
  record.writeUInt32LE(maskedCrc(record.subarray(0, 8)), 8);
  content.copy(record, HEADER_BYTES);
  record.writeUInt32LE(maskedCrc(content), HEADER_BYTES + content.length);
  return record;
}

/** CRC-32C (Castagnoli, reflected polynomial 0x82f63b78). */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** tensorflow/core/lib/hash/crc32c.h: a CRC of bytes that hold CRCs is rotated and offset. */
function maskedCrc(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  crc = (crc ^ 0xffffffff) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
