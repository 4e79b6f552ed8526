/** WebAssembly core specification 5.5: magic and version, then sections; kinds of imports. */
const HEADER_BYTES = 8;
const IMPORT_SECTION = 2;
const KIND = { function: 0, table: 1, memory: 2, global: 3, tag: 4 };
/** Bits of a memory's limits: 1 has a maximum, 2 is shared. */
const HAS_MAXIMUM = 1;
const SHARED = 2;

/**
 * A copy of a WebAssembly binary whose imported memory is not declared as shared.
 *
 * @throws RangeError for bytes that are no WebAssembly binary
 */
export function unshareMemory(binary: Uint8Array): Uint8Array {
  if (binary[0] !== 0 || binary[1] !== 0x61 || binary[2] !== 0x73 || binary[3] !== 0x6d) {
    throw new RangeError('bytes are no WebAssembly binary');
  }
  const bytes = new Uint8Array(binary);
  const reader = new BinaryReader(bytes, HEADER_BYTES);
  if (bytes.length < HEADER_BYTES) throw endsTooEarly();
  while (!reader.isAtEnd) {
    const id = reader.byte();
    const end = reader.number() + reader.at;
    if (end > bytes.length) throw endsTooEarly();
    if (id === IMPORT_SECTION) {
      const count = reader.number();
      for (let i = 0; i < count; i++) passImport(reader, bytes);
    }
    reader.at = end;
  }
  return bytes;
}

function passImport(reader: BinaryReader, bytes: Uint8Array): void {
  reader.skip(reader.number()); // module
  reader.skip(reader.number()); // name
  const kind = reader.byte();
  if (kind === KIND.memory) {
    bytes[reader.at]! &= ~SHARED;
    passLimits(reader);
  } else if (kind === KIND.function) {
    reader.number();
  } else if (kind === KIND.table) {
    reader.byte();
    passLimits(reader);
  } else if (kind === KIND.global) {
    reader.skip(2);
  } else if (kind === KIND.tag) {
    reader.byte();
    reader.number();
  } else {
    throw new RangeError(`an import has kind ${kind}`);
  }
}

function passLimits(reader: BinaryReader): void {
  const flags = reader.byte();
  reader.number();
  if ((flags & HAS_MAXIMUM) !== 0) reader.number();
}

class BinaryReader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#bytes.length;
  }

  byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw endsTooEarly();
    return byte;
  }

  /** LEB128, unsigned, 32 bits. */
  number(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number of the WebAssembly binary does not end');
  }

  skip(count: number): void {
    this.at += count;
  }
}

function endsTooEarly(): RangeError {
  return new RangeError('the WebAssembly binary ends too early');
}
