import type { FakeDocument } from './fake-document.ts';
import { FakeImageData } from './image-data.ts';
import type { LayerState } from './layer-state.ts';
import type { Rect } from './surface.ts';

/** @throws TypeError for something that is no object, and for options that the call does not have */
export function checkedOptions(call: string, options: unknown, known: readonly string[]): Record<string, unknown> {
  if (typeof options !== 'object' || options === null) throw new TypeError(`${call} needs an object`);
  for (const [key, value] of Object.entries(options)) {
    if (!known.includes(key)) throw new TypeError(`${call} has no option ${key}`);
    if (value === undefined) throw new TypeError(`${call}: ${key} is undefined`);
  }
  return options as Record<string, unknown>;
}

export function integer(name: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw new TypeError(`${name} is ${String(value)}, no whole number`);
  return value;
}

/** `{left, top, right, bottom}` or `{left, top, width, height}`, in whole pixels. */
export function rectangle(value: unknown): Rect {
  const bounds = checkedOptions('sourceBounds', value, ['left', 'top', 'right', 'bottom', 'width', 'height']);
  const left = integer('left', bounds['left']);
  const top = integer('top', bounds['top']);
  if ('width' in bounds) {
    return {
      left,
      top,
      right: left + integer('width', bounds['width']),
      bottom: top + integer('height', bounds['height']),
    };
  }
  return { left, top, right: integer('right', bounds['right']), bottom: integer('bottom', bounds['bottom']) };
}

export function requiredImageData(value: unknown): FakeImageData {
  if (!(value instanceof FakeImageData)) throw new TypeError('imageData is no PhotoshopImageData');
  return value;
}

/** A layer that has pixels to read. */
export function pixelLayer(document: FakeDocument, id: number): LayerState {
  const layer = document.layer(id);
  if (layer.children || layer.kind === 'curves' || layer.kind === 'colorLookup') {
    throw new Error(`layer ${layer.id} is a ${layer.kind} and has no pixels`);
  }
  return layer;
}
