import { type Adjustment, DEFAULT_ADJUSTMENT, type RestorationWish, serializeCorrection } from '@evenlight/models';
import { fixOverHttp } from './bridge-api.ts';
import { type BridgeLink, withRetries } from './bridge-link.ts';
import {
  judgePicture,
  type KnownPicture,
  type PictureSource,
  type PictureWish,
  predictFor,
  writePicture,
} from './browser-picture.ts';
import { explain, type Explanation } from './page-error.ts';
import type { PictureWorkers } from './picture-workers.ts';
import type { Look } from './worker-calls.ts';

/** The state of a photograph. */
export type ItemState = 'waiting' | 'working' | 'ready' | 'failed';

/** A photograph on the page. */
export interface StudioItem {
  readonly key: string;
  readonly file: File;
  readonly stop: AbortController;
  state: ItemState;
  adjustment: Adjustment;
  restore: RestorationWish;
  /** Set when it has been opened; its `file` is what the browser shows. */
  shown: { readonly url: string; readonly width: number; readonly height: number } | undefined;
  source: PictureSource | undefined;
  known: KnownPicture | undefined;
  failure: Explanation | undefined;
  verdict: string;
}

/** How many photographs are opened and predicted at once; few, because others share the bridge's queue. */
const AT_ONCE = 2;

/** The photographs, and what is done with them. Views listen to {@link onChange}. */
export class Studio {
  readonly #link: BridgeLink;
  readonly #workers: PictureWorkers;
  readonly #items: StudioItem[] = [];
  #working = 0;
  #nextKey = 1;
  /** An item has changed; `undefined`: the list itself. */
  onChange: (item: StudioItem | undefined) => void = () => undefined;

  constructor(link: BridgeLink, workers: PictureWorkers) {
    this.#link = link;
    this.#workers = workers;
  }

  get items(): readonly StudioItem[] {
    return this.#items;
  }

  get workers(): PictureWorkers {
    return this.#workers;
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      this.#items.push({
        ...{
          key: `p${this.#nextKey++}`,
          file,
          stop: new AbortController(),
          state: 'waiting',
          adjustment: DEFAULT_ADJUSTMENT,
          restore: 'off',
        },
        ...{ shown: undefined, source: undefined, known: undefined, failure: undefined, verdict: '' },
      });
    }
    this.onChange(undefined);
    this.#workOn();
  }

  /** Tries those again that failed because the bridge or a token was missing. */
  retryFailed(): void {
    for (const item of this.#items) if (item.state === 'failed') item.state = 'waiting';
    this.onChange(undefined);
    this.#workOn();
  }

  remove(item: StudioItem): void {
    item.stop.abort();
    this.#items.splice(this.#items.indexOf(item), 1);
    if (item.shown !== undefined) URL.revokeObjectURL(item.shown.url);
    this.#workers.close(item.key);
    this.onChange(undefined);
  }

  adjust(item: StudioItem, adjustment: Adjustment): void {
    item.adjustment = adjustment;
    void this.#judge(item);
  }

  /** Sets whether noise is cleaned. Only the download shows it. */
  restore(item: StudioItem, restore: RestorationWish): void {
    item.restore = restore;
    this.onChange(item);
  }

  wishAll({ adjustment, restore }: PictureWish): void {
    for (const item of this.#items) {
      item.restore = restore;
      this.adjust(item, adjustment);
    }
  }

  /** How the worker is to show it. */
  look(item: StudioItem): Look {
    const correction = item.known?.prediction.correction;
    const isLeft = item.verdict.startsWith(LEFT_ALONE);
    const shown = correction === undefined || isLeft ? undefined : serializeCorrection(correction);
    return { correction: shown, adjustment: item.adjustment };
  }

  /** @throws what keeps it from being written; AbortError, CANCELLED */
  write(item: StudioItem, signal: AbortSignal): Promise<Blob> {
    const { source, known, adjustment, restore } = item;
    if (source === undefined || known === undefined) throw new Error(`${item.file.name} is not ready`);
    return writePicture(source, known, { adjustment, restore }, { workers: this.#workers, signal });
  }

  #workOn(): void {
    while (this.#working < AT_ONCE) {
      const item = this.#items.find(({ state }) => state === 'waiting');
      if (item === undefined) return;
      this.#working++;
      void this.#prepare(item).finally(() => {
        this.#working--;
        this.#workOn();
      });
    }
  }

  async #prepare(item: StudioItem): Promise<void> {
    item.state = 'working';
    item.failure = undefined;
    this.onChange(item);
    const { signal } = item.stop;
    try {
      item.source ??= await this.#open(item);
      this.onChange(item);
      item.known = await predictFor(item.source, { workers: this.#workers, link: this.#link, signal });
      item.state = 'ready';
      await this.#judge(item);
    } catch (error) {
      if (signal.aborted) return;
      item.state = 'failed';
      item.failure = explain(error);
      this.onChange(item);
    }
  }

  /** If the browser cannot read the file, the bridge turns it into a JPEG to be shown. */
  async #open(item: StudioItem): Promise<PictureSource> {
    const { key, file, stop } = item;
    try {
      const { isLocal, ...size } = await this.#workers.call('open', { key, file });
      item.shown = { url: URL.createObjectURL(file), ...size };
      return { key, file, isLocal };
    } catch {
      const wish = { strength: 0, evBias: 0, format: 'jpeg' } as const;
      const jpeg = await withRetries(stop.signal, () => fixOverHttp(file, wish, stop.signal));
      const size = await this.#workers.call('open', { key, file: jpeg });
      item.shown = { url: URL.createObjectURL(jpeg), width: size.width, height: size.height };
      return { key, file, isLocal: false };
    }
  }

  async #judge(item: StudioItem): Promise<void> {
    if (item.known !== undefined) {
      const { adjustment } = item;
      const { verdict, measurement } = await judgePicture(item.known, adjustment);
      // The settings have changed meanwhile.
      if (item.adjustment !== adjustment) return;
      item.verdict = sentenceFor(verdict, measurement?.exposureEv);
    }
    this.onChange(item);
  }
}

const LEFT_ALONE = 'Left as it is';

function sentenceFor(verdict: string, exposureEv: number | undefined): string {
  if (verdict === 'already-well-exposed') return `${LEFT_ALONE}: already well exposed.`;
  if (verdict === 'unchanged') return `${LEFT_ALONE}: nothing to change at these settings.`;
  const ev = exposureEv ?? 0;
  const amount = Math.abs(ev).toFixed(1);
  if (amount === '0.0') return 'Light and dark are balanced; overall it is as bright as before.';
  return `${amount} EV ${ev > 0 ? 'brighter' : 'darker'} overall.`;
}
