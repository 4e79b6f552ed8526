import type { NoiseMeter } from '@evenlight/models';
import type { Source, StepOptions } from '../host.ts';
import { pictureOfSource } from './document-area.ts';
import { runModal } from './modal.ts';
import { openDocument, stateToRead } from './open-document.ts';
import { readStrips } from './pixel-strips.ts';
import type { StepHost } from './step-host.ts';

/** Some rows of a source at full size: {@link Host.readRows}. */
export function readRows(
  host: StepHost,
  source: Source,
  meter: Pick<NoiseMeter, 'strips' | 'add'>,
  options: StepOptions,
): Promise<void> {
  return runModal(host, options, async (scope) => {
    const document = openDocument(host.app, source.document.id);
    const whole = { ...pictureOfSource(source), historyStateId: stateToRead(document, source) };
    for (const strip of meter.strips) {
      const { firstRow, rowCount } = strip;
      const bounds = { ...whole.bounds, top: whole.bounds.top + firstRow, height: rowCount };
      const part = { ...whole, bounds, image: { ...whole.image, height: rowCount } };
      for await (const { samples } of readStrips(host.imaging, part)) meter.add(samples, strip);
      scope.checkpoint();
    }
  });
}
