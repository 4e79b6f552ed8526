import { concatenate } from '@evenlight/models';
import type { ByteSource } from '../byte-source.ts';
import { sharp } from '../libvips.ts';
import { shortEntry, longEntry, writeDirectory } from '../tiff-directory.ts';
import { BridgeError } from '../../errors.ts';
import { packedChunk, type TiffChunk, walkChunks } from './tiff-chunks.ts';
import type { TiffLayout } from './tiff-layout.ts';

/*
 * Strips and tiles that are pictures of another format: JPEG (Adobe's TIFF Technical Note 2), WebP, fax. sharp decodes each of
 * them separately, because libvips's own TIFF reader returns damaged tiles as black ones.
 */

/** @throws RangeError where a strip or tile is missing or damaged */
export function readPictureChunks(source: ByteSource, layout: TiffLayout): AsyncGenerator<TiffChunk> {
  return walkChunks(layout, async (index, height) =>
    decodePicture(wrapped(await packedChunk(source, layout, index, 0), layout, height), layout, height),
  );
}

/**
 * The picture of a file of old-style JPEG compression (TIFF 6.0, section 22), if it is stored as one JPEG file.
 *
 * @throws BridgeError `UNSUPPORTED_FORMAT` where it is not
 */
export async function readOldJpeg(source: ByteSource, layout: TiffLayout): Promise<Uint8Array> {
  const { oldJpeg, width, height, samples } = layout;
  const refusal = (reason: string, cause?: unknown): BridgeError =>
    new BridgeError('UNSUPPORTED_FORMAT', `a TIFF with old-style JPEG compression ${reason}: save it anew`, { cause });
  if (oldJpeg === undefined) throw refusal('in pieces');
  const stream = await source.read(oldJpeg.offset, oldJpeg.length ?? source.sizeBytes - oldJpeg.offset);
  try {
    const { data, info } = await decoded(stream, samples);
    if (info.width === width && info.height === height && info.channels === samples) return data;
    throw new Error(`holds ${info.width}×${info.height}×${info.channels}`);
  } catch (error) {
    throw refusal('that holds no whole JPEG', error);
  }
}

async function decodePicture(picture: Uint8Array, layout: TiffLayout, height: number): Promise<Uint8Array> {
  const { chunkWidth, isPlanar, samples } = layout;
  const channels = isPlanar ? 1 : samples;
  const { data, info } = await decoded(picture, channels);
  if (info.width !== chunkWidth || info.height < height || info.channels !== channels) {
    throw new RangeError(
      `decoded to ${info.width}×${info.height}×${info.channels}, expected ${chunkWidth}×${height}×${channels}`,
    );
  }
  const bytes = data.subarray(0, chunkWidth * height * channels);
  // libvips treats every CMYK JPEG like Photoshop's, which are inverted; in a TIFF the photometric tag decides.
  if (layout.colour === 'cmyk' && !isPlanar) return bytes.map((value) => 255 - value);
  // Fax coding's white runs are bits of 0, whatever the photometric makes of these; here they come as 255.
  return layout.packing === 'fax' ? bytes.map((value) => (value > 127 ? 0 : 1)) : bytes;
}

function decoded(
  picture: Uint8Array,
  channels: number,
): Promise<{ data: Buffer; info: { width: number; height: number; channels: number } }> {
  const space = channels === 1 ? 'b-w' : channels === 4 ? 'cmyk' : 'srgb';
  const pipeline = sharp(picture, { failOn: 'warning', ignoreIcc: true });
  if (channels === 4) pipeline.pipelineColourspace('cmyk');
  return pipeline.toColourspace(space).raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
}

function wrapped(packed: Uint8Array, layout: TiffLayout, height: number): Uint8Array {
  if (layout.packing === 'jpeg') return wholeJpeg(packed, layout);
  if (layout.packing === 'fax') return faxFile(packed, layout, height);
  return packed;
}

/** Puts the tables before the strip, and Adobe's segment, which says whether the colours are YCbCr: JPEG itself leaves that open. */
function wholeJpeg(packed: Uint8Array, { jpegTables, colour, isPlanar, samples }: TiffLayout): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0xff, 0xd8)];
  if (samples === 3 && !isPlanar) {
    const transform = colour === 'ycbcr' ? 1 : 0;
    parts.push(Uint8Array.of(0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform));
  }
  // Both stand between a start and an end marker of their own.
  if (jpegTables !== undefined && jpegTables.length > 4) parts.push(jpegTables.subarray(2, jpegTables.length - 2));
  parts.push(packed.subarray(2));
  return concatenate(parts);
}

/** A TIFF file of the one strip, for libtiff's fax decoders. */
function faxFile(packed: Uint8Array, { chunkWidth, fax }: TiffLayout, height: number): Uint8Array {
  const header = Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0);
  const entries = (offset: number) => [
    longEntry(256, [chunkWidth]),
    longEntry(257, [height]),
    shortEntry(258, [1]),
    shortEntry(259, [fax?.compression ?? 4]),
    shortEntry(262, [0]),
    longEntry(273, [offset]),
    shortEntry(277, [1]),
    longEntry(278, [height]),
    longEntry(279, [packed.length]),
    ...(fax === undefined ? [] : [longEntry(fax.compression === 4 ? 293 : 292, [fax.options])]),
  ];
  const offset = 8 + writeDirectory(entries(0), 8).length;
  return concatenate([header, writeDirectory(entries(offset), 8), packed]);
}
