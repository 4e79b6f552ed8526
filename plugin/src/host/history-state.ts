import type { ModalScope } from './modal.ts';

/** What `suspendHistory` gives while an action is played: there is nothing to resume then, and trying throws. */
const NO_SUSPENSION = 0xffffffff;

/**
 * Makes everything `body` does one history state of that name. When `body` throws, the error leaves the modal state, which
 * makes Photoshop roll back what is suspended (Adobe, "ExecuteAsModal", History state suspension).
 *
 * While an action is played Photoshop does not suspend; then `undo` takes back what it can.
 */
export async function withHistoryState<T>(
  scope: ModalScope,
  { documentId, name, undo }: { documentId: number; name: string; undo: () => Promise<void> },
  body: () => Promise<T>,
): Promise<T> {
  const { hostControl } = scope.context;
  const suspension = await hostControl.suspendHistory({ documentID: documentId, name });
  const isSuspended = suspension !== NO_SUSPENSION;
  let result: T;
  try {
    result = await body();
    scope.checkpoint();
  } catch (error) {
    if (!isSuspended) await undo();
    throw error;
  }
  if (isSuspended) await hostControl.resumeHistory(suspension, true);
  return result;
}
