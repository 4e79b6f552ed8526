/**
 * Gives the results of `work` for 0, 1, 2, … in their order, while up to `ahead` of them are under way.
 *
 * @throws what `work` throws, when its turn has come; those that were begun come to their end unheard
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
