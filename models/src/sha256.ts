import { runSteps, type Steps } from './steps.ts';

/**
 * SHA-256 (FIPS 180-4, section 6.2) in plain TypeScript: UXP has no WebCrypto, and a model's files are checked there too.
 * 2.5 MB take about 25 ms in V8. (`@noble/hashes` would do as well; these lines spare this package a second dependency.)
 *
 * The constants of section 4.2.2 and 5.3.3 are computed: the first 32 bits of the fractional parts of the cube roots of the
 * first 64 primes, and of the square roots of the first 8.
 */
const ROUND_CONSTANTS = fractionalRoots(64, Math.cbrt);
/** 64 KiB take two milliseconds. */
const PIECE_BLOCKS = 1024;
const INITIAL_HASH = fractionalRoots(8, Math.sqrt);

function fractionalRoots(count: number, root: (value: number) => number): Uint32Array {
  const bits = new Uint32Array(count);
  for (let candidate = 2, found = 0; found < count; candidate++) {
    let isPrime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) isPrime = false;
    if (isPrime) bits[found++] = Math.floor((root(candidate) % 1) * 2 ** 32);
  }
  return bits;
}

/** The SHA-256 of bytes, as 64 lower-case hex digits. */
export function sha256Hex(bytes: Uint8Array): string {
  return runSteps(sha256Steps(bytes));
}

/** {@link sha256Hex} in pieces. */
export function* sha256Steps(bytes: Uint8Array): Steps<string> {
  const hash = new Uint32Array(INITIAL_HASH);
  const schedule = new Uint32Array(64);
  const wholeBlocks = Math.floor(bytes.length / 64);
  for (let first = 0; first < wholeBlocks; first += PIECE_BLOCKS) {
    const end = Math.min(wholeBlocks, first + PIECE_BLOCKS);
    for (let block = first; block < end; block++) compress(hash, schedule, bytes, block * 64);
    yield;
  }
  const tail = paddedTail(bytes, wholeBlocks * 64);
  for (let at = 0; at < tail.length; at += 64) compress(hash, schedule, tail, at);
  return Array.from(hash, (word) => word.toString(16).padStart(8, '0')).join('');
}

/** What is left after the whole blocks, a 1 bit, zeros, and the length in bits as 64 bits, big endian (section 5.1.1). */
function paddedTail(bytes: Uint8Array, start: number): Uint8Array {
  const rest = bytes.length - start;
  const tail = new Uint8Array(rest + 9 > 64 ? 128 : 64);
  tail.set(bytes.subarray(start));
  tail[rest] = 0x80;
  const view = new DataView(tail.buffer);
  view.setUint32(tail.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(tail.length - 4, (bytes.length << 3) >>> 0);
  return tail;
}

function compress(hash: Uint32Array, w: Uint32Array, bytes: Uint8Array, start: number): void {
  for (let t = 0, at = start; t < 16; t++, at += 4) {
    w[t] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  }
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15]!;
    const y = w[t - 2]!;
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[t] = (w[t - 16]! + s0 + w[t - 7]! + s1) | 0;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = hash;
  for (let t = 0; t < 64; t++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + sum1 + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[t]! + w[t]!) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  const after = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i++) hash[i] = hash[i]! + after[i]!;
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
