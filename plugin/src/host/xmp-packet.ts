import type { JsonValue } from '../host.ts';

const NAMESPACE = 'urn:evenlight:layer-settings:1#';
const PROPERTY = 'settings';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const UNESCAPES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/**
 * An XMP packet (ISO 16684-1:2019 §7) with the settings as JSON in one property of our own namespace: small, and nothing of it
 * has to be mapped to RDF.
 */
export function writeXmpPacket(settings: JsonValue): string {
  const text = JSON.stringify(settings).replace(/[&<>]/g, (character) => ESCAPES[character] ?? character);
  return [
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">',
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    `<rdf:Description rdf:about="" xmlns:evenlight="${NAMESPACE}">`,
    `<evenlight:${PROPERTY}>${text}</evenlight:${PROPERTY}>`,
    '</rdf:Description></rdf:RDF></x:xmpmeta>',
    '<?xpacket end="w"?>',
  ].join('\n');
}

/**
 * Our settings from a packet that Photoshop may have rewritten with another prefix, as an attribute, or with other escapes.
 * `undefined`: there are none, or they are no longer JSON.
 */
export function readXmpPacket(packet: string): unknown {
  const prefix = new RegExp(`xmlns:([\\w.-]+)=["']${escapeForRegExp(NAMESPACE)}["']`).exec(packet)?.[1];
  if (prefix === undefined) return undefined;
  const name = `${escapeForRegExp(prefix)}:${PROPERTY}`;
  const element = new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`).exec(packet)?.[1];
  const text = element ?? new RegExp(`\\s${name}=(["'])([\\s\\S]*?)\\1`).exec(packet)?.[2];
  if (text === undefined) return undefined;
  try {
    return JSON.parse(unescape(text)) as unknown;
  } catch {
    return undefined;
  }
}

function unescape(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (entity, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return UNESCAPES[name ?? ''] ?? entity;
  });
}

function escapeForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
