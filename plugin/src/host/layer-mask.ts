import type { LuminosityMask } from '@evenlight/models';
import type { Clock } from '@evenlight/protocol';
import type { PixelBounds } from '../host.ts';
import { rowsInSlices } from '../pacing/rows-in-slices.ts';
import type { ModalScope } from './modal.ts';
import type { ImagingApi } from './photoshop-api.ts';

/** What a layer's mask is the product of; what is missing lets everything through. */
export interface MaskParts {
  readonly selection?: { readonly bounds: PixelBounds; readonly values: Uint8Array } | undefined;
  /** Transparency that cannot be in the pixels themselves: `[bounds.height][bounds.width]`, 0..255. */
  readonly opacity?: { readonly bounds: PixelBounds; readonly values: Uint8Array } | undefined;
  /** Stretched over `bounds` bilinearly; beyond them its edge goes on. */
  readonly luminosity?: { readonly bounds: PixelBounds; readonly mask: LuminosityMask } | undefined;
}

export interface MaskTarget {
  readonly documentId: number;
  readonly layerId: number;
  /** The mask covers the whole canvas: what a mask is outside of the pixels it was given is not documented. */
  readonly canvas: { readonly width: number; readonly height: number };
}

export function hasMaskParts({ selection, opacity, luminosity }: MaskParts): boolean {
  return selection !== undefined || opacity !== undefined || luminosity !== undefined;
}

/** Gives a layer its mask, strip by strip and in slices between which Photoshop lives; an existing one is replaced. */
export async function writeLayerMask(
  imaging: ImagingApi,
  { documentId, layerId, canvas }: MaskTarget,
  parts: MaskParts,
  { scope, stripBytes, clock }: { scope: ModalScope; stripBytes: number; clock: Clock },
): Promise<void> {
  const { width, height } = canvas;
  const rows = Math.max(1, Math.min(height, Math.floor(stripBytes / width)));
  for (let firstRow = 0; firstRow < height; firstRow += rows) {
    const rowCount = Math.min(rows, height - firstRow);
    const samples = new Uint8Array(width * rowCount);
    await rowsInSlices(
      rowCount,
      (first, count) => {
        fillMaskRows(samples.subarray(first * width, (first + count) * width), parts, width, firstRow + first);
      },
      { clock, checkpoint: () => scope.checkpoint() },
    );
    const imageData = await imaging.createImageDataFromBuffer(samples, {
      width,
      height: rowCount,
      components: 1,
      colorSpace: 'Grayscale',
      colorProfile: 'Gray Gamma 2.2',
    });
    try {
      await imaging.putLayerMask({
        documentID: documentId,
        layerID: layerId,
        kind: 'user',
        imageData,
        replace: firstRow === 0,
        targetBounds: { left: 0, top: firstRow },
      });
    } finally {
      await imageData.dispose();
    }
    scope.checkpoint();
  }
}

/** Fills rows of the canvas-wide mask, 0..255, from a row of the canvas on. */
export function fillMaskRows(
  samples: Uint8Array,
  { selection, opacity, luminosity }: MaskParts,
  width: number,
  firstRow: number,
): void {
  samples.fill(255);
  for (let start = 0, y = firstRow; start < samples.length; start += width, y++) {
    const line = samples.subarray(start, start + width);
    if (luminosity) fillLuminosity(line, y, luminosity);
    if (selection) multiply(line, y, selection);
    if (opacity) multiply(line, y, opacity);
  }
}

function multiply(line: Uint8Array, y: number, { bounds, values }: { bounds: PixelBounds; values: Uint8Array }): void {
  const row = y - bounds.top;
  if (row < 0 || row >= bounds.height) {
    line.fill(0);
    return;
  }
  for (let x = 0; x < line.length; x++) {
    const column = x - bounds.left;
    const value = column >= 0 && column < bounds.width ? values[row * bounds.width + column]! : 0;
    // Exact for 0 and 255.
    line[x] = Math.round((line[x]! * value) / 255);
  }
}

function fillLuminosity(
  line: Uint8Array,
  y: number,
  { bounds, mask }: { bounds: PixelBounds; mask: LuminosityMask },
): void {
  const v = ((y - bounds.top + 0.5) / bounds.height) * mask.height - 0.5;
  const [top, bottom, down] = neighbours(v, mask.height);
  for (let x = 0; x < line.length; x++) {
    const u = ((x - bounds.left + 0.5) / bounds.width) * mask.width - 0.5;
    const [left, right, across] = neighbours(u, mask.width);
    const upper = mix(mask.values[top * mask.width + left]!, mask.values[top * mask.width + right]!, across);
    const lower = mix(mask.values[bottom * mask.width + left]!, mask.values[bottom * mask.width + right]!, across);
    line[x] = Math.round(mix(upper, lower, down) * 255);
  }
}

function neighbours(position: number, size: number): [low: number, high: number, fraction: number] {
  const clamped = Math.min(size - 1, Math.max(0, position));
  const low = Math.floor(clamped);
  return [low, Math.min(size - 1, low + 1), clamped - low];
}

function mix(from: number, to: number, fraction: number): number {
  return from + (to - from) * fraction;
}
