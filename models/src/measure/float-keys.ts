const SIGN = 0x8000_0000;

/** Whole numbers in the order of the floats: the bits of positive ones are; those of negative ones run the other way. */
export function keysOf(values: Float32Array): Uint32Array {
  const keys = new Uint32Array(new Float32Array(values).buffer);
  for (let i = 0; i < keys.length; i++) {
    const bits = keys[i]!;
    keys[i] = bits >= SIGN ? ~bits : bits | SIGN;
  }
  return keys;
}

/** The float that has this key. */
export function floatOf(key: number): number {
  const bits = key >= SIGN ? key ^ SIGN : ~key;
  return new Float32Array(Uint32Array.of(bits).buffer)[0]!;
}
