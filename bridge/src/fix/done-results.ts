import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from '@evenlight/models';
import { pathFromBytes, systemPath } from '@evenlight/runtime';
import { formatOfName } from '../codec/sniff-format.ts';
import { isSameContent } from './file-content.ts';
import { readMarker, type ResultMarker } from './result-marker.ts';

/** How many files are read at once. */
const LANES = 16;

/**
 * Knows which photographs have a result already. It goes by the marks in the files, not by their names: a result
 * that was renamed within its folder is found, and a file that only has a result's name does not count.
 */
export class DoneResults {
  readonly #planned: ReadonlySet<string>;
  readonly #byNameAlone: boolean;
  readonly #claimed = new Set<string>();
  readonly #folders = new Map<string, Promise<ReadonlyMap<string, readonly string[]>>>();

  /**
   * @param planned the outputs of a run. Each can only be the result of its own photograph, not of a copy of it.
   * @param options `byNameAlone`: does not look for renamed results
   */
  constructor(planned: ReadonlySet<string> = new Set(), { byNameAlone = false } = {}) {
    this.#planned = planned;
    this.#byNameAlone = byNameAlone;
  }

  /**
   * The path of the result that was made of a photograph with the same settings, where there is one. A copy, byte for byte,
   * under the result's name is the result of a photograph that needed no change.
   */
  async find(input: string, output: string, marker: ResultMarker): Promise<string | undefined> {
    const own = await ifThere(readMarker(output));
    if (own !== undefined) return keyOf(own) === keyOf(marker) ? output : undefined;
    if ((await ifThere(isSameContent(input, output))) === true) return output;
    if (this.#byNameAlone) return undefined;
    const renamed = (await this.#marksIn(dirname(output))).get(keyOf(marker)) ?? [];
    const free = renamed.find((path) => !this.#planned.has(path) && !this.#claimed.has(path));
    if (free !== undefined) this.#claimed.add(free);
    return free;
  }

  #marksIn(folder: string): Promise<ReadonlyMap<string, readonly string[]>> {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const marks = readMarks(folder);
    this.#folders.set(folder, marks);
    return marks;
  }
}

async function readMarks(folder: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = await ifThere(readdir(systemPath(folder), { encoding: 'buffer' }));
  const paths = (names ?? []).map((name) => join(folder, pathFromBytes(name)));
  const marks = new Map<string, string[]>();
  for (const [path, marker] of await markersOf(paths.filter((each) => formatOfName(each) !== undefined))) {
    marks.set(keyOf(marker), [...(marks.get(keyOf(marker)) ?? []), path]);
  }
  return marks;
}

/** The marks of those files that have one. Files that cannot be read have none. */
export async function markersOf(paths: readonly string[]): Promise<ReadonlyMap<string, ResultMarker>> {
  const markers = new Map<string, ResultMarker>();
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) {
      const marker = await readMarker(path).catch(() => undefined);
      if (marker !== undefined) markers.set(path, marker);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return markers;
}

function keyOf({ source, settings }: ResultMarker): string {
  return `${source}:${settings}`;
}

/** `undefined` where a file or folder is not there, or is something else. */
async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'].includes(codeOf(error) ?? '')) return undefined;
    throw error;
  }
}
