import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { BridgeError } from '../../errors.ts';
import { bytesOf } from '../byte-source.ts';
import { readTiffContainer } from '../tiff-container.ts';
import { readTiffPixels } from '../tiff/read-pixels.ts';

/** LibRaw's command-line program, which is installed separately. */
const RAW_DECODER = 'dcraw_emu';
const INSTALL = 'Debian: apt-get install libraw-bin; macOS: brew install libraw; Windows: libraw.org';

/** A 100-megapixel picture of 16 bits has 600 MB. */
const LARGEST_OUTPUT_BYTES = 1 << 30;
/** The camera's white balance, ProPhoto's primaries, 16 bits, linear, no automatic brightening, TIFF on standard output. */
const DEVELOP = ['-w', '-o', '4', '-4', '-T', '-Z', '-'];
/** Clip all channels where the first does; or blend, and scale down so that none clips. */
const [CLIPPED, WHOLE] = ['0', '2'];
const KEEP_ORIENTATION = ['-t', '0'];

export interface DevelopedRaw {
  /** A TIFF of 16 bits. */
  readonly tiff: Uint8Array;
  /** The light that its largest code stands for, where 1 is white: 1.3 to 3, depending on the camera's white balance. */
  readonly scale: number;
}

/**
 * Develops a camera raw file.
 *
 * @throws BridgeError `UNSUPPORTED_FORMAT` when the decoder is not installed, `DECODE_FAILED` when it cannot read the file
 */
export async function developRaw(path: string, options: { readonly keepsOrientation: boolean }): Promise<DevelopedRaw> {
  const common = [...DEVELOP, ...(options.keepsOrientation ? KEEP_ORIENTATION : [])];
  const tiff = await run(path, [...common, '-q', '3', '-H', WHOLE]);
  // LibRaw does not say by how much it scaled: comparing two quick developments of half the size does.
  const small = [...common, '-h'];
  const [clipped, whole] = [await run(path, [...small, '-H', CLIPPED]), await run(path, [...small, '-H', WHOLE])];
  return { tiff, scale: await scaleBetween(clipped, whole) };
}

const DARKEST = 1500;
const BRIGHTEST = 40_000;

/** The median ratio of samples that are neither dark nor clipped in the first. */
async function scaleBetween(clipped: Uint8Array, whole: Uint8Array): Promise<number> {
  const [first, second] = [await samplesOf(clipped), await samplesOf(whole)];
  const step = Math.max(1, Math.floor(first.length / 30_000));
  const ratios: number[] = [];
  for (let at = 0; at < Math.min(first.length, second.length); at += step) {
    const value = first[at]!;
    if (value > DARKEST && value < BRIGHTEST && second[at]! > 0) ratios.push(value / second[at]!);
  }
  ratios.sort((a, b) => a - b);
  return Math.max(1, ratios[Math.floor(ratios.length / 2)] ?? 1);
}

async function samplesOf(tiff: Uint8Array): Promise<ArrayLike<number>> {
  const source = bytesOf(tiff);
  const { layout } = await readTiffContainer(source);
  return (await readTiffPixels(source, layout)).pixels;
}

function run(path: string, args: readonly string[]): Promise<Uint8Array> {
  // The decoder takes a name that begins with '-' for an option.
  const all = [...args, resolve(path)];
  return new Promise((done, fail) => {
    execFile(RAW_DECODER, all, { encoding: 'buffer', maxBuffer: LARGEST_OUTPUT_BYTES }, (error, output, said) => {
      // The decoder exits with 0 even when it failed, so its output decides.
      if (error === null && output.length > 0) done(output);
      else fail(rawError(error, said.toString().trim()));
    });
  });
}

function rawError(error: Error | null, said: string): BridgeError {
  if (error !== null && 'code' in error && error.code === 'ENOENT') {
    const what = `a camera raw file needs ${RAW_DECODER} of LibRaw, which is not installed (${INSTALL})`;
    return new BridgeError('UNSUPPORTED_FORMAT', what, { cause: error });
  }
  const reason = said.split('\n').at(-1) ?? error?.message ?? '';
  return new BridgeError('DECODE_FAILED', `${RAW_DECODER} cannot develop it (${reason})`, { cause: error });
}
