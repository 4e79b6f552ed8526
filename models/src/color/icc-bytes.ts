import { ModelError } from '../errors.ts';

/** Big-endian numbers of an ICC profile (ICC.1:2022 §4). Every read outside the bytes is an `UNSUPPORTED_PROFILE`. */
export class IccBytes {
  readonly #view: DataView;
  readonly length: number;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.length = bytes.byteLength;
  }

  uint16(at: number): number {
    return this.#view.getUint16(this.#within(at, 2));
  }

  uint32(at: number): number {
    return this.#view.getUint32(this.#within(at, 4));
  }

  /** Signed 16.16. */
  s15Fixed16(at: number): number {
    return this.#view.getInt32(this.#within(at, 4)) / 65536;
  }

  /** Four characters, with the spaces that pad them. */
  signature(at: number): string {
    return String.fromCharCode(...this.bytes(at, 4));
  }

  bytes(at: number, count: number): Uint8Array {
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + this.#within(at, count), count);
  }

  #within(at: number, count: number): number {
    if (at + count > this.length) {
      throw new ModelError('UNSUPPORTED_PROFILE', `profile has ${this.length} bytes, needs ${at + count}`);
    }
    return at;
  }
}
