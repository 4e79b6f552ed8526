const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The bytes of base64 text (RFC 4648 §4), padded. This package has neither `atob` nor `Buffer`, and one file is not worth the dependency `base64-js`. */
export function decodeBase64(text: string): Uint8Array {
  const length = text.indexOf('=') < 0 ? text.length : text.indexOf('=');
  const values = new Uint8Array(128);
  for (let i = 0; i < ALPHABET.length; i++) values[ALPHABET.charCodeAt(i)] = i;
  const bytes = new Uint8Array(Math.floor((length * 3) / 4));
  for (let i = 0, bits = 0, at = 0; i < length; i++) {
    bits = (bits << 6) | values[text.charCodeAt(i)]!;
    // Of each four characters the second, third and fourth complete a byte.
    if (i % 4 !== 0) bytes[at++] = bits >> (6 - 2 * (i % 4));
  }
  return bytes;
}
