import { howToInstall, type SystemPackage } from '@evenlight/test/run/system-packages.ts';
import { describe, expect, it } from 'vitest';

const missing: readonly SystemPackage[] = [
  { debianName: 'chromium', purpose: 'browser tests', elsewhere: 'Chromium', isPresent: () => false },
  { debianName: 'g++', purpose: 'compiling', elsewhere: 'a compiler', isPresent: () => false },
];

describe('howToInstall', () => {
  it('names the one command that installs all that is missing', () => {
    expect(howToInstall(missing, true)).toContain('sudo apt-get update && sudo apt-get install -y chromium g++\n');
  });

  it('says what to install where there is no apt-get', () => {
    const message = howToInstall(missing, false);
    expect(message).toContain('Install:\n\n  Chromium, a compiler\n');
    expect(message).not.toContain('apt-get');
  });
});
