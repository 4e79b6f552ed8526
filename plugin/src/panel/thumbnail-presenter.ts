import type { ExposureSession } from '../session/exposure-session.ts';
import type { PanelState } from './panel-state.ts';

type Document = PanelState['documents'][number];
type ShownPicture = Awaited<ReturnType<ExposureSession['showPicture']>>;

export interface ThumbnailParts {
  readonly session: Pick<ExposureSession, 'showPicture'> & {
    readonly batch: Pick<ExposureSession['batch'], 'thumbnail'>;
  };
  readonly list: {
    showThumbnail(documentId: number, url: string, size: { readonly width: number; readonly height: number }): void;
  };
}

/** Of a document's history when its picture was read; no picture where Photoshop gives none. */
interface ShownThumbnail {
  readonly historyStateId: number;
  readonly picture: ShownPicture | undefined;
}

/**
 * Small pictures of the documents in the batch: read one after the other, while the list is seen and nothing else runs. What was
 * changed meanwhile is read again when the list is looked at anew, not for every stroke of the brush.
 */
export class ThumbnailPresenter {
  readonly #parts: ThumbnailParts;
  readonly #thumbnails = new Map<number, ShownThumbnail>();
  readonly #stale = new Set<number>();
  #documents: readonly Document[] = [];
  #rows: PanelState['rows'] = [];
  #isLooking = false;
  #isBusy = false;

  constructor(parts: ThumbnailParts) {
    this.#parts = parts;
  }

  /** @param isVisible whether the panel can be seen at all */
  update(state: PanelState, isVisible: boolean): void {
    const isLooking = isVisible && state.view === 'batch' && state.settings.isIntroduced && state.job === undefined;
    this.#documents = state.documents;
    this.#forgetClosed();
    if (isLooking && !this.#isLooking) this.#markStale(state);
    this.#isLooking = isLooking;
    if (!this.#isBusy) void this.#catchUp();
  }

  async #catchUp(): Promise<void> {
    this.#isBusy = true;
    for (let next = this.#next(); next !== undefined; next = this.#next()) await this.#show(next);
    this.#isBusy = false;
  }

  #next(): Document | undefined {
    if (!this.#isLooking) return undefined;
    return this.#documents.find(({ id }) => !this.#thumbnails.has(id) || this.#stale.has(id));
  }

  /** Documents without a picture are listed without one. */
  async #show({ id, historyStateId }: Document): Promise<void> {
    const { session, list } = this.#parts;
    this.#stale.delete(id);
    let picture: ShownPicture | undefined;
    try {
      const image = await session.batch.thumbnail(id);
      picture = await session.showPicture(image);
      list.showThumbnail(id, picture.url, image);
    } catch {
      picture = undefined;
    }
    this.#thumbnails.get(id)?.picture?.release();
    this.#thumbnails.set(id, { historyStateId, picture });
  }

  #markStale({ documents, rows }: PanelState): void {
    for (const { id, historyStateId } of documents) {
      if (this.#thumbnails.get(id)?.historyStateId !== historyStateId) this.#stale.add(id);
    }
    // What a batch has changed is known of its rows alone: Photoshop is asked about the active document only.
    if (rows === this.#rows) return;
    this.#rows = rows;
    for (const row of rows) if (row.status === 'done' && row.result.kind === 'fixed') this.#stale.add(row.documentId);
  }

  #forgetClosed(): void {
    const open = new Set(this.#documents.map(({ id }) => id));
    for (const [id, { picture }] of this.#thumbnails) {
      if (open.has(id)) continue;
      picture?.release();
      this.#thumbnails.delete(id);
      this.#stale.delete(id);
    }
  }
}
