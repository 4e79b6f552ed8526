import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../../../', import.meta.url);
const SPEC = readFileSync(new URL('bridge/protocol/SPEC.md', ROOT), 'utf8');
const RULES = [...SPEC.matchAll(/^- \*\*([A-Z]{2}\d+)\*\* /gm)].map((match) => match[1] ?? '');

/** The text of every test file. */
function testTexts(folder: URL): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return testTexts(new URL(`${entry.name}/`, folder));
    return entry.name.endsWith('.test.ts') ? [readFileSync(new URL(entry.name, folder), 'utf8')] : [];
  });
}

const TESTS = [new URL('test/unit/', ROOT), new URL('test/integration/', ROOT)].flatMap(testTexts).join('\n');
const QUOTED = [...TESTS.matchAll(/\[((?:HS|VN|AU|TX|FR|FL|JB|ER|LV|CL|HT)\d+)\]/g)].map((match) => match[1] ?? '');

describe('the specification', () => {
  it('has rules, each with an ID of its own', () => {
    expect(RULES.length).toBeGreaterThan(60);
    expect(new Set(RULES).size).toBe(RULES.length);
  });

  it('has a test for every rule', () => {
    expect(RULES.filter((rule) => !QUOTED.includes(rule))).toEqual([]);
  });

  it('is quoted with rules that exist', () => {
    expect(QUOTED.filter((rule) => !RULES.includes(rule))).toEqual([]);
  });
});
