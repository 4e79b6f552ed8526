import { HostError } from '../errors.ts';
import { play } from './batch-play.ts';
import { allLayers } from './layers.ts';
import type { ActionApi, Descriptor, DocumentApi } from './photoshop-api.ts';

/** Makes an adjustment layer above the active layer of the active document. @returns its id */
export async function makeAdjustmentLayer(
  action: ActionApi,
  document: DocumentApi,
  { name, type }: { readonly name: string; readonly type: Descriptor },
): Promise<number> {
  const before = new Set([...allLayers(document.layers)].map(({ id }) => id));
  await play(action, {
    _obj: 'make',
    _target: [{ _ref: 'adjustmentLayer' }],
    using: { _obj: 'adjustmentLayer', name, type },
  });
  for (const { id } of allLayers(document.layers)) if (!before.has(id)) return id;
  throw new HostError('REFUSED', `Photoshop made no ${type._obj} layer`);
}

/** Changes the active adjustment layer. */
export async function setAdjustment(action: ActionApi, to: Descriptor): Promise<void> {
  await play(action, {
    _obj: 'set',
    _target: [{ _ref: 'adjustmentLayer', _enum: 'ordinal', _value: 'targetEnum' }],
    to,
  });
}
