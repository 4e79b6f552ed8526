import { colorSpaces, type Size } from '@evenlight/models';
import { HostError } from '../errors.ts';
import type { Preview } from '../host.ts';
import { exactBuffer } from './files.ts';
import type { ImagingApi } from './photoshop-api.ts';
import type { GlobalsApi } from './uxp-api.ts';

/** A picture for an `<img>`: {@link Host.createPreview}. Uncompressed where UXP can (7.0), else as a JPEG that Photoshop encodes. */
export async function createPreview(
  globals: GlobalsApi,
  imaging: ImagingApi,
  image: Size & { readonly pixels: Uint8Array },
): Promise<Preview> {
  const { width, height, pixels } = image;
  if (pixels.length !== width * height * 3) {
    throw new HostError(
      'REFUSED',
      `preview has ${pixels.length} bytes, ${width} × ${height} RGB needs ${width * height * 3}`,
    );
  }
  return uncompressed(globals, image) ?? (await jpeg(imaging, image));
}

function uncompressed(
  { ImageBlob, createObjectURL, revokeObjectURL }: GlobalsApi,
  { width, height, pixels }: Size & { readonly pixels: Uint8Array },
): Preview | undefined {
  if (ImageBlob === undefined || createObjectURL === undefined) return undefined;
  const blob = new ImageBlob(exactBuffer(pixels), {
    type: 'image/uncompressed',
    width,
    height,
    colorSpace: 'RGB',
    colorProfile: colorSpaces.srgb.name,
    pixelFormat: 'RGB',
    components: 3,
    componentSize: 8,
    hasAlpha: false,
  });
  const url = createObjectURL(blob);
  return {
    url,
    release() {
      revokeObjectURL?.(url);
    },
  };
}

async function jpeg(
  imaging: ImagingApi,
  { width, height, pixels }: Size & { readonly pixels: Uint8Array },
): Promise<Preview> {
  const imageData = await imaging.createImageDataFromBuffer(pixels, {
    width,
    height,
    components: 3,
    colorSpace: 'RGB',
    colorProfile: colorSpaces.srgb.name,
  });
  try {
    const encoded = await imaging.encodeImageData({ imageData, base64: true });
    if (typeof encoded !== 'string')
      throw new HostError('REFUSED', 'Photoshop encoded the preview as numbers, not as base64');
    return { url: `data:image/jpeg;base64,${encoded}`, release: () => undefined };
  } finally {
    await imageData.dispose();
  }
}
