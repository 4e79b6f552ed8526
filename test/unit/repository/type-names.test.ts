/* One meaning for every type name: who searches for a name finds the one thing that it stands for. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../../..');
const SOURCES = [
  ...[
    'models/src',
    'models/kernel',
    'bridge/protocol/src',
    'bridge/client/src',
    'bridge/runtime/src',
    'bridge/src',
    'bridge/web/src',
  ],
  ...['trainer/src', 'plugin/src', 'plugin/scripts', 'plugin/webview'],
];
/** Prettier begins a declaration in the first column; those inside of functions are nobody else's. */
const DECLARATION = /^(?:export )?(?:default )?(?:abstract )?(?:interface|type|class) (\w+)/gm;

interface Declaration {
  readonly name: string;
  readonly file: string;
}

function declarationsOf(folder: string): Declaration[] {
  return readdirSync(resolve(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.includes('node_modules'))
    .flatMap((file) => {
      const source = readFileSync(resolve(ROOT, folder, file), 'utf8');
      return [...source.matchAll(DECLARATION)].map(([, name]) => ({ name: name!, file: join(folder, file) }));
    });
}

describe('type names', () => {
  const declarations = SOURCES.flatMap(declarationsOf);

  it('stand for one thing each, in the whole repository', () => {
    const files = new Map<string, string[]>();
    for (const { name, file } of declarations) files.set(name, [...(files.get(name) ?? []), file]);
    const ambiguous = [...files].filter(([, places]) => places.length > 1);
    expect(files.size).toBeGreaterThan(500);
    expect(Object.fromEntries(ambiguous)).toEqual({});
  });

  it('hide no global of JavaScript', () => {
    expect(declarations.filter(({ name }) => name in globalThis)).toEqual([]);
  });
});
