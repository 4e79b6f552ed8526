import { colorSpaces, serializeColorSpace } from '@evenlight/models';
import { flatProxy } from '../fixtures/seeded-pictures.ts';

/** What a {@link RawClient} sends for a job: its proxy has 16 × 8 pixels. */
export const RAW_PREDICT = { type: 'predict', model: 'exposure', proxy: { width: 16, height: 8 } };

/** A picture of 400 MiB, so that its pixels never all come. */
export const RAW_FIX = {
  ...RAW_PREDICT,
  type: 'fix',
  jobId: 1,
  image: {
    width: 1024,
    height: 100_000,
    channels: 4,
    format: 'uint8',
    colorSpace: serializeColorSpace(colorSpaces.srgb),
  },
  strength: 0,
  evBias: 0,
};

export const RAW_PROXY_BYTES = new Uint8Array(flatProxy(0.3).pixels.buffer);
