import type { ModalHost } from './modal.ts';
import type { ActionApi, AppApi, ImagingApi } from './photoshop-api.ts';

/** What a step needs of Photoshop. */
export interface StepHost extends ModalHost {
  readonly app: AppApi;
  readonly imaging: ImagingApi;
  readonly action: ActionApi;
  readonly stripBytes: number;
}
