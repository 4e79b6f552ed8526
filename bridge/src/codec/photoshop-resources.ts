import { concatenate } from '@evenlight/models';

/* Photoshop's image resources (Adobe Photoshop File Formats Specification, "Image Resource Blocks"). */

export const RESOURCE = { resolution: 1005, iptc: 1028, thumbnail: 1036, icc: 1039, exif: 1058, xmp: 1060 } as const;

export interface PhotoshopResource {
  readonly id: number;
  readonly content: Uint8Array;
  /** The whole resource, with its header. */
  readonly block: Uint8Array;
}

/** The resources of a block, up to the first bytes that are none. */
export function photoshopResources(bytes: Uint8Array): PhotoshopResource[] {
  const resources: PhotoshopResource[] = [];
  const fields = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + 12 <= bytes.length && isSignature(bytes, at)) {
    const id = fields.getUint16(at + 4);
    const nameBytes = 1 + bytes[at + 6]!;
    const sizeAt = at + 6 + nameBytes + (nameBytes % 2);
    if (sizeAt + 4 > bytes.length) break;
    const size = fields.getUint32(sizeAt);
    const end = sizeAt + 4 + size + (size % 2);
    if (sizeAt + 4 + size > bytes.length) break;
    resources.push({ id, content: bytes.subarray(sizeAt + 4, sizeAt + 4 + size), block: bytes.subarray(at, end) });
    at = end;
  }
  return resources;
}

export function writeResource(id: number, content: Uint8Array): Uint8Array {
  const block = new Uint8Array(12 + content.length + (content.length % 2));
  const fields = new DataView(block.buffer);
  block.set([0x38, 0x42, 0x49, 0x4d]);
  fields.setUint16(4, id);
  fields.setUint32(8, content.length);
  block.set(content, 12);
  return block;
}

/** A block of resources with the IPTC record, which TIFF and DNG store separately. */
export function photoshopWith(block: Uint8Array | undefined, iptc: Uint8Array | undefined): Uint8Array | undefined {
  if (block === undefined || iptc === undefined) return block ?? iptcResource(iptc);
  const hasOwn = photoshopResources(block).some(({ id }) => id === RESOURCE.iptc);
  return hasOwn ? block : concatenate([block, writeResource(RESOURCE.iptc, iptc)]);
}

/** The reverse: separates the IPTC record from the other resources. */
export function splitIptc(block: Uint8Array | undefined): { iptc?: Uint8Array; others?: Uint8Array } {
  const resources = photoshopResources(block ?? new Uint8Array(0));
  const iptc = resources.find(({ id }) => id === RESOURCE.iptc)?.content;
  if (block === undefined || iptc === undefined) return block === undefined ? {} : { others: block };
  const others = resources.filter(({ id }) => id !== RESOURCE.iptc);
  return { iptc, ...(others.length > 0 && { others: concatenate(others.map((resource) => resource.block)) }) };
}

/** An IPTC record as the one resource of a block. */
export function iptcResource(iptc: Uint8Array | undefined): Uint8Array | undefined {
  return iptc === undefined ? undefined : writeResource(RESOURCE.iptc, iptc);
}

/** The block with some resources replaced, or left out where they are `undefined`; new ones come last. */
export function replaceResources(
  bytes: Uint8Array,
  replacements: ReadonlyMap<number, Uint8Array | undefined>,
): Uint8Array {
  const kept = photoshopResources(bytes).filter(({ id }) => !replacements.has(id));
  const added = [...replacements].flatMap(([id, content]) =>
    content === undefined ? [] : [writeResource(id, content)],
  );
  return concatenate([...kept.map(({ block }) => block), ...added]);
}

function isSignature(bytes: Uint8Array, at: number): boolean {
  const text = String.fromCharCode(...bytes.subarray(at, at + 4));
  return text === '8BIM' || text === 'PHUT' || text === 'DCSR' || text === 'AgHg' || text === 'MeSa';
}
