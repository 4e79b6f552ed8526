import {
  type Adjustment,
  applyToProxy,
  buildProxy,
  type Correction,
  DEFAULT_ADJUSTMENT,
  describeMeasurement,
  type Measurement,
  measureCorrection,
  type Proxy,
} from '@evenlight/models';
import { decodePhoto } from '../codec/decode-photo.ts';
import { encodePhoto } from '../codec/encode-photo.ts';
import type { Photo, PhotoFormat } from '../codec/photo.ts';
import { BridgeError } from '../errors.ts';
import { copyFileAtomically, writeFileAtomically } from './atomic-file.ts';
import type { FixControl, PhotoFixer } from './photo-fixer.ts';

/** One photograph's way from file to file. */
export interface FixPhotoRequest {
  readonly input: string;
  readonly output: string;
  readonly model: string;
  readonly adjustment: Adjustment;
  readonly format: PhotoFormat | 'keep';
  readonly overwrite: boolean;
}

export interface FixPhotoControl {
  /** Awaited after the photograph has been read, so that both can start at once. Not used when nothing is to change. */
  readonly fixer: Promise<PhotoFixer>;
  readonly signal: AbortSignal;
  /** 0..1 */
  readonly onProgress: (fraction: number) => void;
}

/**
 * `fixed`; `already-well-exposed`: at full strength the network would change next to nothing, and no EV bias is asked for;
 * `unchanged`: strength and EV bias are 0. Of the last two the original's bytes are copied, unless another format is asked for.
 */
export type FixStatus = 'fixed' | 'already-well-exposed' | 'unchanged';

export interface FixedPhoto {
  readonly status: FixStatus;
  readonly photo: Pick<Photo, 'colorSpaceName'> & Pick<Photo['image'], 'width' | 'height' | 'channels' | 'format'>;
  readonly format: PhotoFormat;
  /** Absent when the network was not asked. */
  readonly measurement?: Measurement;
  /** What was done, in words. */
  readonly description: string;
  readonly warnings: readonly string[];
}

/** Shares of the way, for the progress bar only. */
const DECODED = 0.2;
const CORRECTED = 0.7;

/**
 * Reads, corrects and writes one photograph.
 *
 * @throws BridgeError, ProtocolError; nothing is left half-written then
 */
export async function fixPhoto(
  request: FixPhotoRequest,
  { fixer, signal, onProgress }: FixPhotoControl,
): Promise<FixedPhoto> {
  const photo = await stopOn(signal, decodePhoto(request.input));
  onProgress(DECODED);
  const isIdle = request.adjustment.strength === 0 && request.adjustment.evBias === 0;
  const corrected = isIdle
    ? undefined
    : await correct(await stopOn(signal, fixer), photo, request, {
        signal,
        onProgress: (fraction) => onProgress(DECODED + (CORRECTED - DECODED) * fraction),
      });
  const status = isIdle ? 'unchanged' : corrected?.isWellExposed === true ? 'already-well-exposed' : 'fixed';
  const { format, warnings } = await write(photo, status, request, signal);
  onProgress(1);
  const { width, height, channels, format: samples } = photo.image;
  return {
    status,
    photo: { width, height, channels, format: samples, colorSpaceName: photo.colorSpaceName },
    format,
    ...(corrected !== undefined && { measurement: corrected.measurement }),
    description: describe(status, corrected?.measurement),
    warnings: [...photo.warnings, ...warnings],
  };
}

interface Corrected {
  readonly measurement: Measurement;
  readonly isWellExposed: boolean;
}

async function correct(
  fixer: PhotoFixer,
  { image }: Photo,
  { model, adjustment }: FixPhotoRequest,
  control: FixControl,
): Promise<Corrected> {
  const proxy = buildProxy(image, fixer.proxySize(model, image));
  const isWellExposed = (correction: Correction): boolean =>
    adjustment.evBias === 0 && measured(correction, DEFAULT_ADJUSTMENT, proxy).alreadyWellExposed;
  const isWorthApplying = (correction: Correction): boolean => !isWellExposed(correction);
  const correction = await fixer.fix({ image, proxy, model, adjustment, isWorthApplying }, control);
  return { measurement: measured(correction, adjustment, proxy), isWellExposed: isWellExposed(correction) };
}

function measured(correction: Correction, adjustment: Adjustment, proxy: Proxy): Measurement {
  return measureCorrection(proxy, applyToProxy(correction, adjustment, proxy));
}

async function write(
  photo: Photo,
  status: FixStatus,
  { input, output, format, overwrite }: FixPhotoRequest,
  signal: AbortSignal,
): Promise<{ format: PhotoFormat; warnings: readonly string[] }> {
  const stored = photo.compression.format;
  if (status !== 'fixed' && (format === 'keep' || format === stored)) {
    await copyFileAtomically(input, output, { overwrite, signal });
    return { format: stored, warnings: [] };
  }
  // A fixer may have touched the pixels of a photograph before it was found to be well exposed.
  const pixels = status === 'already-well-exposed' ? await stopOn(signal, decodePhoto(input)) : photo;
  const encoded = await stopOn(signal, encodePhoto(pixels, format));
  await stopOn(
    signal,
    writeFileAtomically(output, (temporary) => encoded.writeTo(temporary), { overwrite, signal }),
  );
  return encoded;
}

function describe(status: FixStatus, measurement: Measurement | undefined): string {
  if (status === 'already-well-exposed') return 'already well exposed';
  return measurement === undefined ? 'nothing to change' : describeMeasurement(measurement);
}

/** libvips cannot be stopped inside a picture; its result is dropped instead. */
async function stopOn<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stop = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new BridgeError('CANCELLED', 'cancelled'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
