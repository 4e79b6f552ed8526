import { AdminView } from './admin-view.ts';
import { fetchStatus } from './bridge-api.ts';
import { BridgeLink, type LinkState } from './bridge-link.ts';
import { DownloadView } from './download-view.ts';
import { listenForFiles } from './drop-files.ts';
import { element, make } from './elements.ts';
import { ComparisonView } from './comparison-view.ts';
import { PictureWorkers } from './picture-workers.ts';
import { AdjustmentView } from './adjustment-view.ts';
import { StripView } from './strip-view.ts';
import { Studio, type StudioItem } from './studio.ts';
import { TokenView } from './token-view.ts';

/* The page's composition root: puts the studio, the bridge and the views together. */

const link = new BridgeLink(showLink);
const studio = new Studio(link, new PictureWorkers());
let current: StudioItem | undefined;

const comparison = new ComparisonView(studio);
const strip = new StripView(studio, choose);
const downloads = new DownloadView(studio, () => current);
const adjustments = new AdjustmentView({
  onAdjust: (adjustment) => {
    if (current !== undefined) studio.adjust(current, adjustment);
  },
  onRestore: (restore) => {
    if (current !== undefined) studio.restore(current, restore);
  },
  onAdjustAll: (wish) => studio.wishAll(wish),
});
const tokens = new TokenView(() => {
  link.reset();
  connect();
  studio.retryFailed();
});
new AdminView();

studio.onChange = (item) => {
  if (item === undefined && (current === undefined || !studio.items.includes(current))) current = studio.items[0];
  if (item === undefined || item === current) showCurrent();
  strip.show(current);
  downloads.show();
};
listenForFiles((files) => studio.add(files));
element('remove', HTMLButtonElement).addEventListener('click', () => {
  if (current !== undefined) studio.remove(current);
});
connect();

function choose(item: StudioItem): void {
  current = item;
  showCurrent();
  strip.show(current);
}

function showCurrent(): void {
  const isEmpty = studio.items.length === 0;
  element('welcome', HTMLElement).hidden = !isEmpty;
  element('desk', HTMLElement).hidden = isEmpty;
  element('add-label', HTMLLabelElement).hidden = isEmpty;
  comparison.show(current);
  adjustments.show(current);
  const note = element('stage-note', HTMLParagraphElement);
  const text = noteFor(current);
  note.replaceChildren(...(text === '' ? [] : [make('span', { text })]));
}

function noteFor(item: StudioItem | undefined): string {
  if (item?.state === 'failed') return [item.failure?.sentence, item.failure?.detail].filter(Boolean).join(' ');
  return item !== undefined && item.shown === undefined ? 'Opening…' : '';
}

function connect(): void {
  const { signal } = new AbortController();
  link.open(signal).then(
    async () => {
      void showRole();
      adjustments.canRestore = await link.restores(signal).catch(() => false);
    },
    // The link's state shows the failure.
    () => undefined,
  );
}

async function showRole(): Promise<void> {
  const status = await fetchStatus().catch(() => undefined);
  element('admin-open', HTMLButtonElement).hidden = status?.role !== 'admin';
}

function showLink(state: LinkState): void {
  const words: Readonly<Record<LinkState, string>> = {
    connecting: 'Connecting…',
    open: 'Bridge ready',
    lost: 'Looking for the bridge…',
    'token-needed': 'Token needed',
  };
  const shown = element('link-state', HTMLParagraphElement);
  shown.dataset['state'] = state;
  shown.textContent = words[state];
  tokens.isNeeded = state === 'token-needed';
  if (state === 'token-needed') tokens.ask();
  // Reconnects even when there is nothing to do.
  if (state === 'lost') connect();
}
