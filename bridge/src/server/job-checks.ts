import {
  checkImageDescription,
  type ImageDescription,
  parseColorSpace,
  type ProxyImage,
  proxyMisfit,
} from '@evenlight/models';
import type { CleanMessage, FixMessage, JobRequest, PredictMessage, WireModel } from '@evenlight/protocol';
import { ProtocolError } from '@evenlight/protocol';
import type { ServerLimits } from './server-options.ts';

/** A job that the bridge predicts for. */
export type PredictingRequest = PredictMessage | FixMessage;
/** A job with pixels. */
export type PixelRequest = FixMessage | CleanMessage;

/** Bytes of a proxy's pixel. */
const PROXY_PIXEL_BYTES = 12;

/** The stream that a job begins with. */
export function firstStream(request: JobRequest): { readonly stream: 'proxy' | 'given'; readonly totalBytes: number } {
  if (request.type === 'clean') return { stream: 'given', totalBytes: request.correction.sizeBytes };
  const { width, height } = request.proxy;
  return { stream: 'proxy', totalBytes: width * height * PROXY_PIXEL_BYTES };
}

/** @throws ProtocolError `BAD_REQUEST` when the proxy is not of the model's size (SPEC.md JB7) */
export function checkProxySize({ proxy, jobId }: PredictingRequest, model: WireModel): void {
  const misfit = proxyMisfit({ name: model.name, input: model.proxy }, proxy);
  if (misfit !== undefined) throw new ProtocolError('BAD_REQUEST', misfit, { jobId });
}

/** @throws ProtocolError `BAD_REQUEST` when a sample is not between 0 and 1 (SPEC.md JB7) */
export function readProxy({ proxy, jobId }: PredictingRequest, { buffer }: Uint8Array<ArrayBuffer>): ProxyImage {
  const pixels = new Float32Array(buffer);
  const wrong = outOfRange(pixels);
  if (wrong === undefined) return { ...proxy, pixels };
  const text = `sample ${wrong} of the proxy is ${String(pixels[wrong])}, needs a number from 0 to 1`;
  throw new ProtocolError('BAD_REQUEST', text, { jobId });
}

/** Where the first sample is that is not 0..1. A loop: `findIndex` takes 5 ms for a proxy, in which the bridge does nothing else. */
function outOfRange(samples: Float32Array): number | undefined {
  for (let index = 0; index < samples.length; index++) {
    const sample = samples[index]!;
    if (!(sample >= 0 && sample <= 1)) return index;
  }
  return undefined;
}

/**
 * Reads what a job says of its image.
 *
 * @throws ProtocolError `IMAGE_TOO_LARGE`; ModelError `BAD_COLOR_SPACE`, `BAD_IMAGE`
 */
export function checkImage({ image, jobId }: PixelRequest, limits: ServerLimits): ImageDescription {
  const { width, height } = image;
  if (Math.max(width, height) > limits.maxImageSide || width * height > limits.maxImagePixels) {
    const takes = `${limits.maxImageSide} a side and ${limits.maxImagePixels} pixels`;
    const text = `the image is ${width} × ${height}, this bridge takes ${takes}`;
    throw new ProtocolError('IMAGE_TOO_LARGE', text, { jobId });
  }
  const description = { ...image, colorSpace: parseColorSpace(image.colorSpace) };
  checkImageDescription(description);
  return description;
}
