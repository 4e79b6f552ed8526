import { execFile } from 'node:child_process';
import path from 'node:path';
import { TrainerError } from '../errors.ts';

/** LibRaw's program (Debian: libraw-bin; macOS: brew install libraw; Windows: LibRaw's archive); a separate program, not a part of ours. */
export const RAW_DECODER = 'dcraw_emu';

/** Endings of camera raw files. */
const RAW = /\.(?:dng|nef|cr2|cr3|arw|orf|rw2|raf|pef)$/i;

/** A 60-megapixel picture with 8 bits takes 180 MB. */
const LARGEST_OUTPUT_BYTES = 1 << 30;

/**
 * The camera's white balance, sRGB primaries and curve, no automatic brightening (an under-exposed picture has to stay one),
 * 8-bit TIFF on standard output. LibRaw turns the pixels upright itself.
 */
const DEVELOP = ['-w', '-W', '-o', '1', '-g', '2.4', '12.92', '-T', '-Z', '-'];

export function isRaw(file: string): boolean {
  return RAW.test(file);
}

/** Whether the decoder can be started. */
export function canDecodeRaw(): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(RAW_DECODER, [], (error) => resolve(error?.code !== 'ENOENT'));
  });
}

/**
 * Develops a camera raw file to a TIFF in memory. Half size takes the sensor's 2×2 cells as pixels, several times as fast.
 *
 * @throws TrainerError `BAD_IMAGE` when the decoder is not installed or cannot read the file.
 */
export function decodeRaw(file: string, { isHalfSize }: { readonly isHalfSize: boolean }): Promise<Uint8Array> {
  // The decoder takes a name that begins with '-' for an option.
  const args = [...DEVELOP, ...(isHalfSize ? ['-h'] : ['-q', '3']), path.resolve(file)];
  return new Promise((resolve, reject) => {
    execFile(RAW_DECODER, args, { encoding: 'buffer', maxBuffer: LARGEST_OUTPUT_BYTES }, (error, output, said) => {
      // The decoder ends with 0 even when it failed: what counts is whether it wrote a picture.
      if (error === null && output.length > 0) resolve(output);
      else reject(rawError(file, error, said.toString().trim()));
    });
  });
}

function rawError(file: string, error: Error | null, said: string): TrainerError {
  const isMissing = error !== null && 'code' in error && error.code === 'ENOENT';
  const reason = isMissing
    ? `a camera raw file needs ${RAW_DECODER} of LibRaw, which is not installed (Debian: apt-get install libraw-bin)`
    : `${RAW_DECODER} cannot decode it (${said.split('\n').at(-1) ?? error?.message ?? ''})`;
  return new TrainerError('BAD_IMAGE', `${file}: ${reason}`, { cause: error });
}
