/**
 * Gives the results of `work` for 0, 1, 2, … in order, while up to `ahead` calls of it run.
 *
 * @throws what `work` throws, when the result of that call is due; calls that have begun run to their end, and their results are
 *   dropped
 */
export async function* inOrderAhead<T>(
  count: number,
  ahead: number,
  work: (index: number) => Promise<T>,
): AsyncGenerator<T> {
  const begun: Promise<T>[] = [];
  for (let index = 0, next = 0; index < count; index++) {
    while (next < Math.min(count, index + ahead)) {
      const result = work(next++);
      // Awaited below, unless one before it fails.
      result.catch(() => undefined);
      begun.push(result);
    }
    yield await begun.shift()!;
  }
}
