import { CHUNK_HEADER_BYTES, MAX_CHUNK_BYTES, MAX_JSON_DEPTH, MAX_TEXT_BYTES } from '@evenlight/protocol';
import { helloFrame } from './fuzz-traces.ts';
import { binaryFrame, OPCODE, textFrame, type WireFrame } from './wire-frames.ts';

type Random = () => number;

/** Numbers that programs get wrong. */
const NUMBERS = [
  -1,
  0,
  1,
  2,
  3,
  7,
  15,
  16,
  127,
  128,
  255,
  256,
  1023,
  65_535,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  Number.MAX_SAFE_INTEGER,
  1e308,
  -0.5,
  0.1,
];
const VALUES: readonly unknown[] = [
  ...NUMBERS,
  null, true, '', 'x', '\u0000', '\ud800', '\u202e', '__proto__', 'x'.repeat(2000), [], {}, [[]], [null], { type: 'hello' },
]; // prettier-ignore
const TYPES = [
  ...['hello', 'predict', 'fix', 'clean', 'cancel', 'ack', 'ping', 'pong'],
  ...['ready', 'done', 'error', 'correction', 'x'],
];

function below(random: Random, count: number): number {
  return Math.floor(random() * count);
}

function oneOf<T>(random: Random, items: readonly T[]): T {
  return items[below(random, items.length)]!;
}

type Mutation = (frame: WireFrame, random: Random) => WireFrame;

/** Each makes a frame wrong in one way, or another frame of it. */
const MUTATIONS: Readonly<Record<string, Mutation>> = {
  bytesChanged: (frame, random) => {
    const payload = Uint8Array.from(frame.payload);
    for (let count = 1 + below(random, 4); count > 0 && payload.length > 0; count--) {
      payload[below(random, Math.min(payload.length, 400))] = below(random, 256);
    }
    return { ...frame, payload };
  },
  headerFieldChanged: (frame, random) => {
    const payload = Uint8Array.from(frame.payload);
    if (payload.length < CHUNK_HEADER_BYTES) return frame;
    const view = new DataView(payload.buffer);
    const number = Math.abs(oneOf(random, NUMBERS));
    const at = oneOf(random, [0, 1, 2, 4, 8, 12]);
    if (at < 2) view.setUint8(at, number);
    else if (at === 2) view.setUint16(at, number, true);
    else view.setUint32(at, number, true);
    return { ...frame, payload };
  },
  cutShort: (frame, random) => ({ ...frame, payload: frame.payload.slice(0, below(random, frame.payload.length + 1)) }),
  grown: (frame, random) => {
    const extra = new Uint8Array(1 + below(random, 300)).fill(below(random, 256));
    return { ...frame, payload: Buffer.concat([frame.payload, extra]) };
  },
  textAndBinarySwapped: (frame) => ({ ...frame, opcode: frame.opcode === OPCODE.text ? OPCODE.binary : OPCODE.text }),
  jsonValueChanged: (frame, random) => changeJson(frame, random, () => oneOf(random, VALUES)),
  jsonTypeChanged: (frame, random) => changeJson(frame, random, () => oneOf(random, TYPES), 'type'),
  jsonKeyRemoved: (frame, random) => changeJson(frame, random, () => undefined),
  jsonHostile: (_frame, random) => textFrame(hostileJson(random)),
  secondHello: () => helloFrame('x'),
  notUtf8: (_frame, random) => ({ opcode: OPCODE.text, payload: Uint8Array.of(0x7b, 0xc0 + below(random, 63), 0x22) }),
  randomBinary: (_frame, random) =>
    binaryFrame(Uint8Array.from({ length: below(random, 64) }, () => below(random, 256))),
  tooLarge: (frame, random) => {
    const isText = random() < 0.5;
    const length = isText ? MAX_TEXT_BYTES + 1 : MAX_CHUNK_BYTES + CHUNK_HEADER_BYTES + 1;
    return { ...frame, opcode: isText ? OPCODE.text : OPCODE.binary, payload: new Uint8Array(length).fill(0x20) };
  },
  opcodeChanged: (frame, random) => ({ ...frame, opcode: below(random, 16) }),
  reservedBits: (frame, random) => ({ ...frame, reservedBits: 1 + below(random, 7) }),
  notMasked: (frame) => ({ ...frame, isMasked: false }),
  lengthInMoreDigits: (frame, random) => ({ ...frame, lengthBits: random() < 0.5 ? 16 : 64 }),
  wrongLength: (frame, random) => ({ ...frame, statedBytes: Math.floor(Math.abs(oneOf(random, NUMBERS)) % 2 ** 53) }),
  notFinal: (frame) => ({ ...frame, isFinal: false }),
  continuation: (frame) => ({ ...frame, opcode: 0 }),
  controlFrame: (_frame, random) => ({
    opcode: oneOf(random, [8, 9, 10]),
    payload: new Uint8Array(below(random, 140)).fill(below(random, 256)),
    isFinal: random() < 0.8,
  }),
};

/** Mutations that end no connection stand in for more of the frames, so that connections live to see many of them. */
const GENTLE = ['jsonValueChanged', 'jsonKeyRemoved', 'lengthInMoreDigits', 'jsonTypeChanged'];
const NAMES = [...Object.keys(MUTATIONS), ...GENTLE, ...GENTLE, ...GENTLE];

/** A frame with one or two mutations, drawn. */
export function mutate(frame: WireFrame, random: Random): WireFrame {
  const name = oneOf(random, NAMES);
  // Most frames are sent whole and small: a mebibyte a frame would measure the network.
  const changed = name === 'tooLarge' && random() < 0.98 ? frame : MUTATIONS[name]!(frame, random);
  return random() < 0.2 ? mutate(changed, random) : changed;
}

function changeJson(frame: WireFrame, random: Random, value: () => unknown, key?: string): WireFrame {
  if (frame.opcode !== OPCODE.text) return frame;
  let message: unknown;
  try {
    message = JSON.parse(Buffer.from(frame.payload).toString());
  } catch {
    return frame; // Mutated before.
  }
  if (typeof message !== 'object' || message === null) return frame;
  let object = message as Record<string, unknown>;
  let name = key ?? oneOf(random, Object.keys(object));
  // Sometimes deeper, where there is a deeper.
  while (key === undefined && random() < 0.5) {
    const inner = object[name];
    if (typeof inner !== 'object' || inner === null || Object.keys(inner).length === 0) break;
    object = inner as Record<string, unknown>;
    name = oneOf(random, Object.keys(object));
  }
  object[name] = value();
  return textFrame(message);
}

function hostileJson(random: Random): string {
  const depth = MAX_JSON_DEPTH - 1 + below(random, 4);
  return oneOf(random, [
    '',
    '{}',
    'null',
    '[]',
    '"x"',
    '{"type":',
    '{"type":"ping","id":1e999}',
    '{"type":"ping","id":1,"id":2}',
    '{"type":"ping","id":-0}',
    '{"type":"__proto__"}',
    '{"type":"constructor"}',
    '{"__proto__":{"type":"ping"},"id":1}',
    '{"type":"ping","id":1,"toString":1,"__proto__":{"x":1}}',
    `{"type":"ping","id":1,"x":${'['.repeat(depth)}${']'.repeat(depth)}}`,
    `{"type":"ping","id":1,"x":"${'\\ud800'.repeat(50)}"}`,
    `{"type":"ping","id":1,"x":"${'{['.repeat(500)}"}`,
    `{"type":"fix","jobId":1,"image":{"colorSpace":{"curves":[${'{},'.repeat(500)}{}]}}}`,
    `{"type":"${'x'.repeat(5000)}"}`,
    `{${Array.from({ length: 500 }, (_, index) => `"k${index}":${index}`).join(',')}}`,
    '\ufeff{"type":"ping","id":1}',
    '{"type":"ping","id":1}{"type":"ping","id":1}',
    '{"type":"cancel","jobId":4294967296}',
    '{"type":"ack","jobId":1,"stream":"pixels","bytes":1}',
  ]);
}
