/** The text of UTF-8 bytes: UXP has no TextDecoder. Bytes that are no UTF-8 throw, as `decodeURIComponent` does. */
export function decodeUtf8(bytes: Uint8Array): string {
  let escaped = '';
  for (const byte of bytes) escaped += `%${byte.toString(16).padStart(2, '0')}`;
  return decodeURIComponent(escaped);
}
