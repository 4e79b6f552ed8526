/* What the READMEs name is there: every link, and every path in code marks. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../../..');
/** Folders that builds, benchmarks and set-up make; what lies there need not be there. */
const MADE = /(^|\/)(node_modules|dist|out|results|\.native|\.compiler)(\/|$)/;

/** They tell of what was, and name it as it was called then. */
const HISTORIES = /(^|\/)(CHANGELOG|LOG)\.md$/;

const pages = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md') && !MADE.test(file) && !HISTORIES.test(file))
  .sort();

/** Targets of links within the repository, relative to the page. */
function linksOf(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!.replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target));
}

/** Paths of files in code marks: `src/fix/judge.ts`. A pattern (`bridge/src/cli/*.ts`) is none, and `@evenlight/…` is a package. */
function pathsOf(text: string): string[] {
  const prose = text.replaceAll(/```[\s\S]*?```/g, '');
  return [...prose.matchAll(/`(\w[\w./-]*\/[\w.-]+\.(?:ts|mjs|cjs|md|json|cfg|lua|yml))`/g)].map(([, path]) => path!);
}

/** A path is relative to the repository, to the page, or to its sources. */
function isThere(path: string, page: string): boolean {
  const folder = dirname(page);
  return [ROOT, join(ROOT, folder), join(ROOT, folder, 'src')].some((start) => existsSync(resolve(start, path)));
}

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');

  it('links to what is there', () => {
    const missing = linksOf(text).filter((link) => !existsSync(resolve(ROOT, dirname(page), decodeURI(link))));
    expect(missing).toEqual([]);
  });

  it('names files that are there', () => {
    expect(pathsOf(text).filter((path) => !MADE.test(path) && !isThere(path, page))).toEqual([]);
  });
});
