import { type AdminState, endConnection, fetchAdminState } from './bridge-api.ts';
import { element, make } from './elements.ts';
import { explain } from './page-error.ts';

const REFRESH_MS = 2000;
const MIB = 1024 * 1024;

/** The view for administrators: queue, devices, clients and errors. They can end connections here. */
export class AdminView {
  readonly #dialog = element('admin-dialog', HTMLDialogElement);
  readonly #failure = element('admin-failure', HTMLParagraphElement);
  #timer = 0;

  constructor() {
    element('admin-open', HTMLButtonElement).addEventListener('click', () => {
      this.#dialog.showModal();
      void this.#refresh();
    });
    element('admin-close', HTMLButtonElement).addEventListener('click', () => this.#dialog.close());
    this.#dialog.addEventListener('close', () => clearTimeout(this.#timer));
  }

  async #refresh(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      this.#show(await fetchAdminState());
      this.#failure.textContent = '';
    } catch (error) {
      this.#failure.textContent = explain(error).sentence;
    }
    if (this.#dialog.open) this.#timer = window.setTimeout(() => void this.#refresh(), REFRESH_MS);
  }

  #show(state: AdminState): void {
    const memory = state.memory.reduce((sum, { peakBytes }) => sum + peakBytes, 0);
    const counts: Readonly<Record<string, string>> = {
      Waiting: String(state.queueLength),
      'In work': String(state.jobs),
      Clients: String(state.connections),
      Users: String(state.users),
      'Memory, at most': `${Math.round(memory / MIB)} MB`,
    };
    element('admin-counts', HTMLDListElement).replaceChildren(
      ...Object.entries(counts).map(([name, value]) => {
        const pair = make('div');
        pair.append(make('dt', { text: name }), make('dd', { text: value }));
        return pair;
      }),
    );
    fill('admin-devices', state.devices.map(deviceEntry), 'No devices yet.');
    fill(
      'admin-clients',
      state.clients.map((client) => this.#clientEntry(client)),
      'Nobody is connected.',
    );
    fill('admin-errors', state.errors.map(errorEntry), 'None.');
  }

  #clientEntry({ id, user, address, client, jobs, seconds }: AdminState['clients'][number]): HTMLLIElement {
    const entry = make('li');
    const who = user === undefined ? address : `${user} · ${address}`;
    const text = `${who} · ${client} · ${jobs} ${jobs === 1 ? 'job' : 'jobs'} · ${duration(seconds)}`;
    const end = make('button', { text: 'End', className: 'quiet' });
    end.type = 'button';
    end.setAttribute('aria-label', `End the connection of ${who}`);
    end.addEventListener('click', () => {
      endConnection(id)
        .catch((error: unknown) => (this.#failure.textContent = explain(error).sentence))
        .finally(() => void this.#refresh());
    });
    entry.append(make('span', { text }), end);
    return entry;
  }
}

function fill(id: string, entries: readonly HTMLLIElement[], empty: string): void {
  element(id, HTMLUListElement).replaceChildren(...(entries.length > 0 ? entries : [make('li', { text: empty })]));
}

function deviceEntry({ isUp, isFree, restarts }: AdminState['devices'][number], index: number): HTMLLIElement {
  const what = isUp ? (isFree ? 'free' : 'at work') : 'not running';
  return make('li', { text: `Device ${index}: ${what}, restarted ${restarts} ${restarts === 1 ? 'time' : 'times'}` });
}

function errorEntry({ time, level, event, ...facts }: AdminState['errors'][number]): HTMLLIElement {
  const text = Object.entries(facts)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(', ');
  return make('li', { text: `${String(time).slice(11, 19)} ${String(event)} (${String(level)}) ${text}` });
}

function duration(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
