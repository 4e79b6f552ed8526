/** A WebSocket frame as it lies on the wire, right or wrong. */
export interface WireFrame {
  /** 1 text, 2 binary, 0 continuation, 8 close, 9 ping, 10 pong; others are reserved. */
  readonly opcode: number;
  readonly payload: Uint8Array;
  readonly isFinal?: boolean;
  /** Bits of an extension that nobody has negotiated. */
  readonly reservedBits?: number;
  readonly isMasked?: boolean;
  /** The length that the frame states, where it is not the one it has. */
  readonly statedBytes?: number;
  /** Digits of the length: 16 or 64 bits although fewer would do. */
  readonly lengthBits?: 16 | 64;
}

export const OPCODE = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const encoder = new TextEncoder();

export function textFrame(message: object | string): WireFrame {
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  return { opcode: OPCODE.text, payload: encoder.encode(text) };
}

export function binaryFrame(payload: Uint8Array): WireFrame {
  return { opcode: OPCODE.binary, payload };
}

/** The bytes of a frame, masked with zeros, which RFC 6455 allows and which costs nothing. */
export function frameBytes(frame: WireFrame): Buffer {
  const { opcode, payload, isFinal = true, reservedBits = 0, isMasked = true } = frame;
  const length = frame.statedBytes ?? payload.length;
  const first = (isFinal ? 0x80 : 0) | ((reservedBits & 7) << 4) | (opcode & 15);
  const mask = isMasked ? 0x80 : 0;
  const bits = frame.lengthBits ?? (length < 126 ? 7 : length < 65_536 ? 16 : 64);
  const head = Buffer.alloc(bits === 7 ? 2 : bits === 16 ? 4 : 10);
  head[0] = first;
  if (bits === 7) head[1] = mask | (length & 127);
  else if (bits === 16) {
    head[1] = mask | 126;
    head.writeUInt16BE(length & 0xffff, 2);
  } else {
    head[1] = mask | 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, isMasked ? Buffer.alloc(4) : Buffer.alloc(0), payload]);
}

/** What a server has sent in one frame. */
export interface ServerFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Reads frames that a server sends: never masked, any length. */
export class FrameReader {
  #bytes: Buffer = Buffer.alloc(0);

  push(bytes: Buffer): readonly ServerFrame[] {
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
    const frames: ServerFrame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): ServerFrame | undefined {
    const bytes = this.#bytes;
    if (bytes.length < 2) return undefined;
    const short = bytes[1]! & 127;
    const headBytes = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (bytes.length < headBytes) return undefined;
    const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
    if (bytes.length < headBytes + length) return undefined;
    this.#bytes = bytes.subarray(headBytes + length);
    return { opcode: bytes[0]! & 15, payload: bytes.subarray(headBytes, headBytes + length) };
  }
}
