import { concatenate } from '@evenlight/models';
import { exifEntries, exifFacts } from '../exif.ts';
import type { Density, PhotoMetadata } from '../photo.ts';
import type { PhotoReader, PhotoWriter, DecodedFile, WrittenPicture } from '../photo-codec.ts';
import { photoshopResources, replaceResources, RESOURCE, writeResource } from '../photoshop-resources.ts';
import { type PsdFile, type PsdHeader, readPsd, writePsdHeader } from '../psd/psd-file.ts';
import { layerCount, type NewLayer, packBitsRows, uint16, uint32, withLayers } from '../psd/psd-layers.ts';
import { pictureOf, planesOf } from '../psd/psd-planes.ts';
import { colourCount } from '../stored-picture.ts';
import { writeParts } from './write-parts.ts';

/*
 * Photoshop documents. Reading takes the flattened picture. Writing keeps the document with all its layers (the picture of a flat
 * one becomes the layer "Original") and adds the result as a layer on top, so that the fix can be hidden or faded.
 */

const LAYER_NAME = 'Exposure';
const OLD_THUMBNAIL = 1033;
const MAX_SIDE = 30_000;

export const psdReader: PhotoReader = {
  format: 'psd',
  name: 'Photoshop',
  extensions: ['.psd', '.psb'],
  writtenAs: 'psd',
  recognises: (start) => start.startsWith('8BPS'),
  async read({ source }): Promise<DecodedFile> {
    const psd = await readPsd(source);
    const { header, layers, planes } = psd;
    const hasAlpha = planes.length > colourCount(header.model) && layerCount(layers, header) < 0;
    return {
      picture: pictureOf(header, planes, hasAlpha),
      container: {
        metadata: await metadataOf(psd),
        compression: { format: 'psd', isLarge: header.isLarge },
        warnings: [],
        losses: lossesOf(psd),
      },
    };
  },
};

export const psdWriter: PhotoWriter = {
  format: 'psd',
  depths: ['uint8', 'uint16', 'float32'],
  models: ['gray', 'rgb', 'cmyk', 'lab'],
  hasAlpha: true,
  longestSide: 300_000,
  write(written) {
    const { metadata, picture } = written;
    const original = metadata.native.format === 'psd' ? metadata.native.document : undefined;
    const own = planesOf(picture, true);
    const extra = original === undefined ? [] : original.planes.slice(own.length);
    const header = original?.header ?? headerFor(written, own.length);
    const layers = original === undefined ? new Uint8Array(0) : layersFor(original, written);
    const resources = resourcesFor(metadata, original);
    const parts = [
      writePsdHeader(header),
      ...section(original?.colourData ?? new Uint8Array(0), false),
      ...section(resources, false),
      ...section(layers, header.isLarge),
      ...flattened([...own, ...extra], header),
    ];
    return Promise.resolve((path) => writeParts(path, parts));
  },
};

function layersFor({ layers, header, planes }: PsdFile, { picture }: WrittenPicture): Uint8Array {
  const isFlat = layerCount(layers, header) === 0;
  const colours = colourCount(header.model);
  const below: NewLayer[] = isFlat ? [{ name: 'Original', planes: planes.slice(0, colours), hasAlpha: false }] : [];
  const result = { name: LAYER_NAME, planes: planesOf(picture, false), hasAlpha: picture.hasAlpha };
  return withLayers(layers, header, [...below, result]);
}

function headerFor({ picture }: WrittenPicture, channels: number): PsdHeader {
  const { width, height, model, format } = picture;
  const bits = ({ uint8: 8, uint16: 16, float32: 32 } as const)[format];
  return { isLarge: Math.max(width, height) > MAX_SIDE, channels, width, height, bits, model };
}

function section(bytes: Uint8Array, isLarge: boolean): Uint8Array[] {
  return [...(isLarge ? [uint32(0)] : []), uint32(bytes.length), bytes];
}

function flattened(planes: readonly Uint8Array[], { bits, width, height, isLarge }: PsdHeader): Uint8Array[] {
  if (bits !== 8) return [uint16(0), ...planes];
  const packed = planes.map((plane) => packBitsRows(plane, width, height, isLarge));
  return [uint16(1), ...packed.map(([table]) => table), ...packed.map(([, rows]) => rows)];
}

function lossesOf({ resources }: PsdFile): string[] {
  const hasThumbnail = photoshopResources(resources).some(
    ({ id }) => id === RESOURCE.thumbnail || id === OLD_THUMBNAIL,
  );
  return hasThumbnail ? ["Photoshop's thumbnail is not in the fixed file: it would show the old exposure"] : [];
}

async function metadataOf(document: PsdFile): Promise<PhotoMetadata> {
  const resources = photoshopResources(document.resources);
  const find = (id: number): Uint8Array | undefined => resources.find((resource) => resource.id === id)?.content;
  const [icc, exif, xmp, iptc] = [find(RESOURCE.icc), find(RESOURCE.exif), find(RESOURCE.xmp), find(RESOURCE.iptc)];
  const density = densityOf(find(RESOURCE.resolution));
  return {
    ...(icc && { icc }),
    ...(exif && { exif }),
    ...(xmp && { xmp }),
    ...(iptc && { photoshop: writeResource(RESOURCE.iptc, iptc) }),
    ...(density && { density }),
    ...exifFacts(await exifEntries(exif)),
    native: { format: 'psd', document },
  };
}

/** The thumbnail would show the old exposure. */
function resourcesFor(metadata: PhotoMetadata, original: PsdFile | undefined): Uint8Array {
  const { icc, exif, xmp, density, photoshop } = metadata;
  if (original !== undefined) {
    return replaceResources(
      original.resources,
      new Map([
        [RESOURCE.thumbnail, undefined],
        [OLD_THUMBNAIL, undefined],
      ]),
    );
  }
  const added = [
    [RESOURCE.icc, icc],
    [RESOURCE.exif, exif],
    [RESOURCE.xmp, xmp],
    [RESOURCE.resolution, density === undefined || density.unit === 'none' ? undefined : resolution(density)],
  ] as const;
  return concatenate([
    photoshop ?? new Uint8Array(0),
    ...added.flatMap(([id, content]) => (content === undefined ? [] : [writeResource(id, content)])),
  ]);
}

function densityOf(content: Uint8Array | undefined): Density | undefined {
  if (content === undefined || content.length < 16) return undefined;
  const fields = new DataView(content.buffer, content.byteOffset);
  return { x: fields.getUint32(0) / 65_536, y: fields.getUint32(8) / 65_536, unit: 'inch' };
}

/** ResolutionInfo: pixels an inch in 16.16 numbers, the units for display and those of width and height. */
function resolution({ x, y, unit }: Density): Uint8Array {
  const factor = unit === 'centimetre' ? 2.54 : 1;
  const side = (value: number): Uint8Array[] => [uint32(Math.round(value * factor * 65_536)), uint16(1), uint16(1)];
  return concatenate([...side(x), ...side(y)]);
}
