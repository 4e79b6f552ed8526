import { writeFile } from 'node:fs/promises';
import { basename, dirname, relative } from 'node:path';
import { shownPath, writeFileAtomically } from '@evenlight/runtime';
import type { FixStatus } from './fix-photo.ts';
import type { PhotoOutcome } from './fix-report.ts';

/** One photograph in the report. */
export interface ReportEntry {
  readonly name: string;
  /** Relative to the report, or absolute. */
  readonly output: string;
  readonly status: FixStatus;
  readonly description: string;
  /** Mean ΔE2000 between before and after; 0 where nothing was asked. */
  readonly change: number;
  /** JPEG files. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** What did not succeed. */
export interface ReportFailure {
  readonly name: string;
  readonly message: string;
}

/** Collects what happens in a run and writes it as a page. */
export class HtmlReport {
  readonly path: string;
  readonly #entries: ReportEntry[] = [];
  readonly #failures: ReportFailure[] = [];

  constructor(path: string) {
    this.path = path;
  }

  add(outcome: PhotoOutcome): void {
    if (outcome.status === 'failed') {
      this.#failures.push({ name: shownPath(outcome.input), message: outcome.error.message });
      return;
    }
    if (outcome.status === 'done-before') return;
    const { status, input, output, result } = outcome;
    if (result.pictures === undefined) return;
    this.#entries.push({
      name: shownPath(basename(input)),
      output: shownPath(relative(dirname(this.path), output)),
      status,
      description: result.description,
      change: result.measurement?.meanDeltaE ?? 0,
      ...result.pictures,
    });
  }

  /** @throws BridgeError `WRITE_FAILED` */
  async write(): Promise<void> {
    const count = this.#entries.length;
    const page = htmlReport(this.#entries, this.#failures, `Evenlight: ${count} photograph${count === 1 ? '' : 's'}`);
    await writeFileAtomically(this.path, (temporary) => writeFile(temporary, page), { overwrite: true });
  }
}

const STATUS_TEXTS: Readonly<Record<string, string>> = {
  fixed: 'fixed',
  'already-well-exposed': 'already well exposed',
  unchanged: 'unchanged',
};

const STYLE = `
body{margin:0;background:#2b2b2b;color:#ddd;font:13px/1.4 system-ui,sans-serif}
header{position:sticky;top:0;z-index:1;background:#1f1f1f;padding:10px 16px}
h1{font-size:15px;margin:0 0 4px}
label{margin-right:14px}
main{display:grid;grid-template-columns:repeat(auto-fill,minmax(430px,1fr));gap:10px;padding:12px}
figure{margin:0;background:#363636;border-radius:4px;padding:6px;content-visibility:auto;contain-intrinsic-size:430px 230px}
figure div{display:flex;gap:4px;justify-content:center}
img{width:calc(50% - 2px);height:200px;object-fit:contain;background:#222}
figcaption{margin-top:4px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
figcaption b{font-weight:600;color:#fff}
a{color:inherit}
ul{margin:6px 0 0;padding-left:18px;color:#ffb3a7;max-height:20vh;overflow:auto}
#f:not(:checked)~main .fixed,#w:not(:checked)~main .already-well-exposed,#u:not(:checked)~main .unchanged{display:none}
input{accent-color:#8ab4f8;margin:10px 4px 0 16px}`;

/**
 * A page with every photograph before and after, the greatest change first, and what failed. One file, without scripts and
 * without anything from elsewhere.
 */
function htmlReport(entries: readonly ReportEntry[], failures: readonly ReportFailure[], title: string): string {
  const sorted = [...entries].sort((a, b) => b.change - a.change || (a.name < b.name ? -1 : 1));
  const count = (status: string): number => entries.filter((entry) => entry.status === status).length;
  const filters = [
    ['f', 'fixed'],
    ['w', 'already-well-exposed'],
    ['u', 'unchanged'],
  ] as const;
  const boxes = filters
    .filter(([, status]) => count(status) > 0)
    .map(
      ([id, status]) =>
        `<input type="checkbox" id="${id}" checked><label for="${id}">${count(status)} ${STATUS_TEXTS[status] ?? status}</label>`,
    );
  const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    `<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>`,
    `<header><h1>${escapeHtml(title)}</h1>Before on the left, after on the right; the greatest change first.`,
    failureList(failures),
    '</header>',
    ...boxes,
    '<main>',
    ...sorted.map(figure),
    '</main></body></html>',
    '',
  ].join('\n');
}

function failureList(failures: readonly ReportFailure[]): string {
  if (failures.length === 0) return '';
  const items = failures.map(({ name, message }) => `<li>${escapeHtml(name)}: ${escapeHtml(message)}</li>`);
  return `<ul>${items.join('')}</ul>`;
}

function figure({ name, output, status, description, change, before, after }: ReportEntry): string {
  const text = status === 'fixed' ? `ΔE ${change.toFixed(1)} · ${description}` : description;
  return [
    `<figure class="${status}"><div><img alt="before" src="${dataUrl(before)}"><img alt="after" src="${dataUrl(after)}"></div>`,
    `<figcaption><a href="${escapeHtml(encodeURI(output))}"><b>${escapeHtml(name)}</b></a> ${escapeHtml(text)}</figcaption></figure>`,
  ].join('');
}

function dataUrl(jpeg: Uint8Array): string {
  return `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
