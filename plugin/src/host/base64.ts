const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 with padding (RFC 4648 §4). UXP's `btoa` wants a string of characters below 256, a detour for megabytes. */
export function encodeBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  let part = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    part += ALPHABET[group >> 18]! + ALPHABET[(group >> 12) & 63]!;
    part += i + 1 < bytes.length ? ALPHABET[(group >> 6) & 63]! : '=';
    part += i + 2 < bytes.length ? ALPHABET[group & 63]! : '=';
    if (part.length >= 8192) {
      parts.push(part);
      part = '';
    }
  }
  return parts.join('') + part;
}
