const ORIENTATION = 274;

/**
 * A copy of an EXIF block that says "upright": for pictures that the decoder has turned already.
 */
export function uprightExif(block: Uint8Array): Uint8Array {
  const copy = block.slice();
  const fields = new DataView(copy.buffer);
  if (copy.length < 14) return copy;
  const littleEndian = copy[0] === 0x49;
  const directory = fields.getUint32(4, littleEndian);
  if (directory + 2 > copy.length) return copy;
  const count = fields.getUint16(directory, littleEndian);
  for (let index = 0; index < count; index++) {
    const at = directory + 2 + 12 * index;
    if (at + 12 > copy.length) break;
    if (fields.getUint16(at, littleEndian) === ORIENTATION) fields.setUint16(at + 8, 1, littleEndian);
  }
  return copy;
}
