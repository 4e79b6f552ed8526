import { createHash } from 'node:crypto';
import { concatenate } from '@evenlight/models';
import { latin1, startsWith } from './latin1.ts';

/*
 * XMP beyond the 64 KiB of a JPEG segment (Adobe XMP Specification Part 3, section 1.1.3.1): the main packet names a second one
 * by its MD5, which is stored in numbered pieces. Other formats have room for one packet, into which both are joined.
 */

const EXTENSION_MARK = 'http://ns.adobe.com/xmp/extension/\0';
const GUID_BYTES = 32;
const PIECE_BYTES = 65_000;

/** The extended packet out of the payloads of APP1 segments, or `undefined` where there is none or a piece is missing. */
export function extendedXmpOf(payloads: readonly Uint8Array[]): Uint8Array | undefined {
  const pieces = payloads.filter((payload) => startsWith(payload, EXTENSION_MARK)).map(pieceOf);
  const first = pieces[0];
  if (first === undefined) return undefined;
  const own = pieces.filter(({ guid }) => guid === first.guid);
  if (own.reduce((sum, { bytes }) => sum + bytes.length, 0) !== first.total) return undefined;
  const whole = new Uint8Array(first.total);
  for (const { offset, bytes } of own) {
    if (offset + bytes.length > first.total) return undefined;
    whole.set(bytes, offset);
  }
  return whole;
}

function pieceOf(payload: Uint8Array): { guid: string; total: number; offset: number; bytes: Uint8Array } {
  const start = EXTENSION_MARK.length;
  const fields = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  if (payload.length < start + GUID_BYTES + 8) return { guid: '', total: -1, offset: 0, bytes: new Uint8Array(0) };
  return {
    guid: String.fromCharCode(...payload.subarray(start, start + GUID_BYTES)),
    total: fields.getUint32(start + GUID_BYTES),
    offset: fields.getUint32(start + GUID_BYTES + 4),
    bytes: payload.subarray(start + GUID_BYTES + 8),
  };
}

/** One packet with the properties of both. */
export function joinXmp(main: Uint8Array, extended: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(main);
  const more = /<rdf:RDF\b[^>]*>([\s\S]*)<\/rdf:RDF>/.exec(new TextDecoder().decode(extended))?.[1] ?? '';
  const joined = text
    .replace(/\s+xmpNote:HasExtendedXMP\s*=\s*("[^"]*"|'[^']*')/, '')
    .replace(/<xmpNote:HasExtendedXMP>[^<]*<\/xmpNote:HasExtendedXMP>/, '')
    .replace(/<\/rdf:RDF>/, () => `${more}</rdf:RDF>`);
  return new TextEncoder().encode(joined);
}

/** Splits a packet that is too large for a segment into a short packet that names it, and the payloads of the segments that hold it. */
export function splitXmp(packet: Uint8Array): { main: Uint8Array; payloads: Uint8Array[] } {
  const guid = createHash('md5').update(packet).digest('hex').toUpperCase();
  const main =
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
    '<rdf:Description rdf:about="" xmlns:xmpNote="http://ns.adobe.com/xmp/note/" ' +
    `xmpNote:HasExtendedXMP="${guid}"/></rdf:RDF></x:xmpmeta>`;
  const payloads: Uint8Array[] = [];
  for (let offset = 0; offset < packet.length; offset += PIECE_BYTES) {
    const numbers = new Uint8Array(8);
    new DataView(numbers.buffer).setUint32(0, packet.length);
    new DataView(numbers.buffer).setUint32(4, offset);
    payloads.push(
      concatenate([latin1(EXTENSION_MARK), latin1(guid), numbers, packet.subarray(offset, offset + PIECE_BYTES)]),
    );
  }
  return { main: latin1(main), payloads };
}
