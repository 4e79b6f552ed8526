import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

function mutationTester(...given: string[]): { status: number | null; stdout: string; stderr: string } {
  const root = path.resolve(import.meta.dirname, '../../..');
  const command = ['--import', 'tsx', 'test/mutation.ts', ...given];
  return spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
}

describe('a command of the tests', () => {
  it('says what it does and which options it has', () => {
    const { status, stdout } = mutationTester('--help');
    expect(status).toBe(0);
    expect(stdout).toContain('npm run test:mutation -- --count 100 --seed 7');
    expect(stdout).not.toMatch(/\*|import/);
    expect(stdout).toContain('  --count VALUE (100)');
    expect(stdout).toContain('  --list\n');
  });

  it.each([
    { given: ['--cuont', '3'], said: "Unknown option '--cuont'; see --help\n" },
    { given: ['--count'], said: "Option '--count <value>' argument missing; see --help\n" },
  ])('ends with one line at $given', ({ given, said }) => {
    expect(mutationTester(...given)).toMatchObject({ status: 2, stdout: '', stderr: said });
  });
});
