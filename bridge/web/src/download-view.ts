import { element } from './elements.ts';
import { explain } from './page-error.ts';
import { resultName, saveFile } from './save-file.ts';
import type { Studio, StudioItem } from './studio.ts';
import { zipResults } from './zip-results.ts';

/** Downloads: the photograph that is shown, or all of them as a zip. */
export class DownloadView {
  readonly #studio: Studio;
  readonly #current: () => StudioItem | undefined;
  readonly #one = element('download', HTMLButtonElement);
  readonly #all = element('download-all', HTMLButtonElement);
  readonly #cancel = element('cancel', HTMLButtonElement);
  readonly #bar = element('progress', HTMLProgressElement);
  readonly #text = element('progress-text', HTMLParagraphElement);
  #stop: AbortController | undefined;

  constructor(studio: Studio, current: () => StudioItem | undefined) {
    this.#studio = studio;
    this.#current = current;
    this.#one.addEventListener('click', () => void this.#run((signal) => this.#downloadOne(signal)));
    this.#all.addEventListener('click', () => void this.#run((signal) => this.#downloadAll(signal)));
    this.#cancel.addEventListener('click', () => this.#stop?.abort());
  }

  show(): void {
    const { items } = this.#studio;
    const ready = items.filter(({ state }) => state === 'ready').length;
    const failed = items.filter(({ state }) => state === 'failed').length;
    const isSettled = ready + failed === items.length;
    const isBusy = this.#stop !== undefined;
    this.#all.disabled = ready === 0 || !isSettled || isBusy;
    this.#all.textContent = ready > 1 ? `Download all ${ready}` : 'Download all';
    if (isBusy) return;
    this.#bar.hidden = isSettled;
    this.#bar.value = items.length === 0 ? 0 : (ready + failed) / items.length;
    const failures = failed === 0 ? '' : `, ${failed} could not be fixed`;
    this.#text.textContent = items.length === 0 ? '' : `${ready} of ${items.length} ready${failures}`;
  }

  async #run(task: (signal: AbortSignal) => Promise<string>): Promise<void> {
    if (this.#stop !== undefined) return;
    const stop = new AbortController();
    this.#stop = stop;
    this.#one.disabled = true;
    this.#cancel.hidden = false;
    this.show();
    let said: string;
    try {
      said = await task(stop.signal);
    } catch (error) {
      said = stop.signal.aborted ? 'Cancelled.' : explain(error).sentence;
    }
    this.#stop = undefined;
    this.#cancel.hidden = true;
    this.#one.disabled = this.#current()?.state !== 'ready';
    this.show();
    this.#text.textContent = said;
  }

  async #downloadOne(signal: AbortSignal): Promise<string> {
    const item = this.#current();
    if (item === undefined) return '';
    this.#text.textContent = `Writing ${item.file.name}…`;
    const result = await this.#studio.write(item, signal);
    signal.throwIfAborted();
    const name = resultName(item.file, result);
    saveFile(result, name);
    return `${name} is in your downloads.`;
  }

  async #downloadAll(signal: AbortSignal): Promise<string> {
    const items = this.#studio.items.filter(({ state }) => state === 'ready');
    this.#bar.hidden = false;
    const { zip, failed } = await zipResults(this.#studio, items, {
      signal,
      onProgress: ({ done, of }) => {
        this.#bar.value = done / of;
        this.#text.textContent = `Writing ${Math.min(done + 1, of)} of ${of}…`;
      },
    });
    signal.throwIfAborted();
    if (zip !== undefined) saveFile(zip, 'evenlight.zip');
    this.#bar.hidden = true;
    const count = `${items.length - failed.length} photographs are in evenlight.zip`;
    if (failed.length === 0) return `${count}.`;
    return `${count}; left out: ${failed.map(({ item }) => item.file.name).join(', ')}.`;
  }
}
