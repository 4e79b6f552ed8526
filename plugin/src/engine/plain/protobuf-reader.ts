import { EngineError } from '../../errors.ts';

/**
 * Reads protocol-buffer messages field by field (protobuf.dev, "Encoding"), as much of it as ONNX files need. A reader of 100
 * lines instead of a library: protobufjs generates code with `new Function`, which UXP forbids, and pbf does not notice that a file was
 * cut off.
 */
export class ProtobufReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #wireType = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Calls back with each field; the callback must read its value or leave it, then it is skipped. */
  forEachField(read: (field: number, reader: ProtobufReader) => void): void {
    while (this.#at < this.#bytes.length) {
      const tag = this.#varint();
      this.#wireType = tag & 7;
      const start = this.#at;
      read(Math.floor(tag / 8), this);
      if (this.#at === start) this.#skip();
    }
  }

  /** An integer; negative ones are two's complement in 64 bits. Exact up to 2^53. */
  integer(): number {
    this.#need(0);
    return this.#varint();
  }

  /** A 32-bit float. */
  float(): number {
    this.#need(5);
    this.#take(4);
    return this.#view.getFloat32(this.#at - 4, true);
  }

  /** Bytes, or an embedded message; a view, not a copy. */
  chunk(): Uint8Array {
    this.#need(2);
    const length = this.#varint();
    this.#take(length);
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** An embedded message. */
  message(): ProtobufReader {
    return new ProtobufReader(this.chunk());
  }

  /** Text: ONNX' names are ASCII. */
  text(): string {
    let text = '';
    for (const byte of this.chunk()) text += String.fromCharCode(byte);
    return text;
  }

  /** The next part of a repeated integer field, which may be packed into one chunk or come one by one. */
  integers(): number[] {
    if (this.#wireType === 0) return [this.integer()];
    const packed = this.message();
    const values: number[] = [];
    while (packed.#at < packed.#bytes.length) values.push(packed.#varint());
    return values;
  }

  #need(wireType: number): void {
    if (this.#wireType !== wireType) {
      throw corrupt(`a field has wire type ${this.#wireType}, needs ${wireType}`);
    }
  }

  #skip(): void {
    if (this.#wireType === 0) this.#varint();
    else if (this.#wireType === 1) this.#take(8);
    else if (this.#wireType === 2) this.#take(this.#varint());
    else if (this.#wireType === 5) this.#take(4);
    else throw corrupt(`a field has wire type ${this.#wireType}`);
  }

  #take(length: number): void {
    if (length < 0 || length > this.#bytes.length - this.#at) {
      throw corrupt(`a field of ${length} bytes begins at ${this.#at}, the message ends at ${this.#bytes.length}`);
    }
    this.#at += length;
  }

  #varint(): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      this.#take(1);
      const byte = this.#bytes[this.#at - 1]!;
      const bits = byte & 0x7f;
      if (shift < 28) {
        low |= bits << shift;
      } else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else {
        high |= bits << (shift - 32);
      }
      if (byte < 0x80) return high * 2 ** 32 + (low >>> 0);
    }
    throw corrupt(`an integer at ${this.#at} does not end`);
  }
}

function corrupt(reason: string): EngineError {
  return new EngineError('MODEL_CORRUPT', `the network's file is no ONNX file: ${reason}`);
}
