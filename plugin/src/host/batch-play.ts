import { HostError } from '../errors.ts';
import type { ActionApi, Descriptor } from './photoshop-api.ts';

/** What Photoshop answers when the user has cancelled. */
const USER_CANCELLED = -128;

/**
 * Plays one descriptor and gives its answer. Photoshop reports some failures as an answer instead of throwing: they throw here.
 *
 * @throws HostError `REFUSED`, `CANCELLED`
 */
export async function play(action: ActionApi, command: Descriptor): Promise<Record<string, unknown>> {
  const answers = await action.batchPlay([command], {});
  const answer = answers[0] ?? {};
  if (answer['_obj'] !== 'error') return answer;
  const message = typeof answer['message'] === 'string' ? answer['message'] : `result ${String(answer['result'])}`;
  if (answer['result'] === USER_CANCELLED) throw new HostError('CANCELLED', message);
  throw new HostError('REFUSED', `Photoshop refused "${command._obj}": ${message}`);
}
