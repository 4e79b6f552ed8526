import type { PixelBounds } from '../host.ts';
import { hasSelection } from './document-info.ts';
import type { DocumentApi, ImageDataApi, ImagingApi, RectangleApi } from './photoshop-api.ts';

/** A selection that was taken off a document, to come back after layers have been made. */
export interface SelectedArea {
  /** Of the selection itself, not of the canvas. */
  readonly bounds: PixelBounds;
  /** `[bounds.height][bounds.width]`, 0..255: how strongly each pixel is selected. */
  readonly values: Uint8Array;
  /** Selects it again, exactly as it was. */
  restore(): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * Reads the selection and removes it: a new adjustment layer would turn it into a mask and consume it, and it is not documented
 * whether writing pixels respects it. Afterwards it is restored from the same pixels that Photoshop gave.
 */
export async function takeSelection(imaging: ImagingApi, document: DocumentApi): Promise<SelectedArea | undefined> {
  if (!hasSelection(document)) return undefined;
  const { imageData, sourceBounds } = await imaging.getSelection({ documentID: document.id });
  try {
    const values = await maskValues(imageData);
    await document.selection?.deselect();
    return selectedArea(imaging, document.id, { imageData, sourceBounds, values });
  } catch (error) {
    await imageData.dispose();
    throw error;
  }
}

/** Whether any pixel within the rectangle is selected, however little. */
export function selectsSome({ bounds, values }: SelectedArea, within: PixelBounds): boolean {
  const left = Math.max(0, within.left - bounds.left);
  const right = Math.min(bounds.width, within.left + within.width - bounds.left);
  const bottom = Math.min(bounds.height, within.top + within.height - bounds.top);
  for (let y = Math.max(0, within.top - bounds.top); y < bottom; y++) {
    for (let at = y * bounds.width + left; at < y * bounds.width + right; at++) if (values[at]! > 0) return true;
  }
  return false;
}

function selectedArea(
  imaging: ImagingApi,
  documentID: number,
  { imageData, sourceBounds, values }: { imageData: ImageDataApi; sourceBounds: RectangleApi; values: Uint8Array },
): SelectedArea {
  const { left, top } = sourceBounds;
  return {
    bounds: { left, top, width: imageData.width, height: imageData.height },
    values,
    restore: () => imaging.putSelection({ documentID, imageData, replace: true, targetBounds: { left, top } }),
    async dispose() {
      await imageData.dispose();
    },
  };
}

/** A mask's samples as bytes, whatever depth Photoshop gives them in. */
async function maskValues(imageData: ImageDataApi): Promise<Uint8Array> {
  const samples = await imageData.getData({ chunky: true, fullRange: false });
  if (samples instanceof Uint8Array) return samples;
  const scale = samples instanceof Uint16Array ? 255 / 32768 : 255;
  return Uint8Array.from(samples, (sample) => Math.round(sample * scale));
}
