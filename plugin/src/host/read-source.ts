import { createProxyBuilder } from '@evenlight/models';
import type { ReadOptions, Source } from '../host.ts';
import { rowsInSlices } from '../pacing/rows-in-slices.ts';
import { describeDocument } from './document-info.ts';
import { runModal, type ModalHost } from './modal.ts';
import { openDocument } from './open-document.ts';
import type { AppApi, ImagingApi } from './photoshop-api.ts';
import { pictureOf } from './picture.ts';
import { readStrips } from './pixel-strips.ts';

/** What a step needs of Photoshop. */
export interface StepHost extends ModalHost {
  readonly app: AppApi;
  readonly imaging: ImagingApi;
  readonly stripBytes: number;
}

/** Reads the picture and averages it down to its proxy: {@link Host.readSource}. */
export function readSource(host: StepHost, documentId: number, options: ReadOptions): Promise<Source> {
  return runModal(host, options, async (scope) => {
    const document = openDocument(host.app, documentId);
    const info = describeDocument(document);
    const picture = pictureOf(document, info);
    const { image, layerId, bounds } = picture;
    const builder = createProxyBuilder(image, options.proxySize(image));
    for await (const { samples, firstRow, rowCount } of readStrips(host.imaging, picture, host.stripBytes)) {
      const rowLength = image.width * image.channels;
      await rowsInSlices(
        rowCount,
        (first, count) => builder.addRows(samples.subarray(first * rowLength, (first + count) * rowLength), count),
        { clock: host.clock, checkpoint: () => scope.checkpoint() },
      );
      scope.progress((firstRow + rowCount) / image.height);
      scope.checkpoint();
    }
    return { document: info, layerId, bounds, image, proxy: builder.finish() };
  });
}
