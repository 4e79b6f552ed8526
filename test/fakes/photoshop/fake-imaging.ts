import { GRAY_PROFILES, RGB_PROFILES } from './color-conversion.ts';
import { getPixels } from './fake-get-pixels.ts';
import { createMaskApi } from './fake-masks.ts';
import { putPixels } from './fake-put-pixels.ts';
import type { FakeSession } from './fake-session.ts';
import { checkedImageData, FakeImageData } from './image-data.ts';

/** The profiles that are installed. */
const PROFILES: readonly string[] = [...RGB_PROFILES, ...GRAY_PROFILES, 'Lab D50'];

/** `require('photoshop').imaging`. */
export function createImaging(session: FakeSession): object {
  return {
    getPixels: async (options: unknown) => {
      await session.enter('getPixels');
      return getPixels(session, options, PROFILES);
    },
    putPixels: async (options: unknown) => {
      await session.enter('putPixels');
      putPixels(session, options);
    },
    createImageDataFromBuffer: async (buffer: unknown, options: Readonly<Record<string, unknown>>) => {
      await session.begin('createImageDataFromBuffer');
      return new FakeImageData(checkedImageData(buffer, options, PROFILES), session.ledger);
    },
    encodeImageData: async ({ imageData, base64 }: { imageData: FakeImageData; base64?: boolean }) => {
      await session.begin('encodeImageData');
      const { colorSpace, componentSize, samples } = imageData;
      if (colorSpace !== 'RGB' || componentSize !== 8) throw new Error('encodeImageData needs 8-bit RGB');
      // Not a JPEG: nobody here decodes it.
      return base64 === true ? btoa(`${imageData.width}×${imageData.height}`.replace('×', 'x')) : Array.from(samples);
    },
    ...createMaskApi(session),
  };
}
