import { type Adjustment, describeMeasurement, fixPicture, type Measurement, type Verdict } from '@evenlight/models';
import type { Photo, PhotoFormat } from '../codec/photo.ts';
import { PhotoFile, type PhotoFileControl, type PhotoFileRequest } from './photo-file.ts';
import type { PhotoFixer } from './photo-fixer.ts';
import { stopOn } from './stop-on.ts';

export interface FixPhotoRequest extends PhotoFileRequest {
  readonly model: string;
  readonly adjustment: Adjustment;
}

export interface FixPhotoControl extends PhotoFileControl {
  /** Called only when the network is needed, while the photograph is being decoded. */
  readonly fixer: () => Promise<PhotoFixer>;
}

/** What becomes of a photograph in a file. */
export type FixStatus = Exclude<Verdict, 'just-fixed'>;

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

/**
 * Fixes the photograph in one file and writes another.
 *
 * @throws BridgeError, ProtocolError; nothing is left half-written then
 */
export async function fixPhoto(request: FixPhotoRequest, control: FixPhotoControl): Promise<FixedPhoto> {
  const { model, adjustment } = request;
  const { signal } = control;
  const { verdict, written, measurement } = await fixPicture({
    picture: new PhotoFile(request, control),
    predictor: {
      choose: async () => {
        const fixer = await stopOn(signal, control.fixer());
        return fixer.candidate({ model, adjustment, signal });
      },
    },
    intent: { adjustment },
  });
  if (verdict === 'just-fixed') throw new Error('a file is never just fixed');
  const { photo, format, warnings } = written;
  const { width, height, channels, format: samples } = photo.image;
  return {
    status: verdict,
    photo: { width, height, channels, format: samples, colorSpaceName: photo.colorSpaceName },
    format,
    ...(measurement !== undefined && { measurement }),
    description: describe(verdict, measurement),
    warnings,
  };
}

function describe(status: FixStatus, measurement: Measurement | undefined): string {
  if (status === 'already-well-exposed') return 'already well exposed';
  return status === 'unchanged' || measurement === undefined ? 'nothing to change' : describeMeasurement(measurement);
}
