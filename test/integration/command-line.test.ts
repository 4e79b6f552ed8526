import { describe, expect, it } from 'vitest';
import { runEvenlight } from '../fixtures/run-evenlight.ts';

describe('evenlight', () => {
  it.each(['fix', 'bridge', 'setup', 'doctor'])('explains "%s" when asked, and ends with 0', async (command) => {
    const run = await runEvenlight([command, '--help']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(new RegExp(`^Usage: evenlight ${command} \\[options\\]`));
  });

  it.each([
    ['fix', '--strengh', /unknown option '--strengh'/],
    ['bridge', '--port=x', /--port.*whole number from 0 to 65535/],
    ['setup', '--gpus', /unknown option '--gpus'/],
    ['doctor', '--port=x', /--port.*whole number from 0 to 65535/],
  ])('says in one line what it does not understand of "%s", and ends with 2', async (command, option, says) => {
    const run = await runEvenlight([command, option]);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.errors[0]).toMatch(/^error: /);
    expect(run.errors[0]).toMatch(says);
    expect(run.errors.at(-1)).toBe(`(evenlight ${command} --help lists the options)`);
  });

  it('tells its version', async () => {
    expect(await runEvenlight(['--version'])).toMatchObject({ code: 0, stdout: '0.1.0\n' });
  });
});
