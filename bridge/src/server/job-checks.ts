import { checkImageDescription, type ColorSpace, parseColorSpace, proxyMisfit } from '@evenlight/models';
import type { FixMessage, PredictMessage, WireModel } from '@evenlight/protocol';
import { ProtocolError } from '@evenlight/protocol';
import type { ServerLimits } from './server-options.ts';

/** @throws ProtocolError `BAD_REQUEST` when the proxy is not of the model's size (SPEC.md JB7) */
export function checkProxySize({ proxy, jobId }: PredictMessage | FixMessage, model: WireModel): void {
  const misfit = proxyMisfit({ name: model.name, input: model.proxy }, proxy);
  if (misfit !== undefined) throw new ProtocolError('BAD_REQUEST', misfit, { jobId });
}

/**
 * Reads the image's colour space.
 *
 * @throws ProtocolError `IMAGE_TOO_LARGE`; ModelError `BAD_COLOR_SPACE`, `BAD_IMAGE`
 */
export function checkImage({ image, jobId }: FixMessage, limits: ServerLimits): ColorSpace {
  const { width, height } = image;
  if (Math.max(width, height) > limits.maxImageSide || width * height > limits.maxImagePixels) {
    const takes = `${limits.maxImageSide} a side and ${limits.maxImagePixels} pixels`;
    const text = `the image is ${width} × ${height}, this bridge takes ${takes}`;
    throw new ProtocolError('IMAGE_TOO_LARGE', text, { jobId });
  }
  const colorSpace = parseColorSpace(image.colorSpace);
  checkImageDescription({ ...image, colorSpace });
  return colorSpace;
}
