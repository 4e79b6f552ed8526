import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { baseFolder } from '@evenlight/runtime';

describe('baseFolder', () => {
  it('is what the variable says, else the preset in the home folder', () => {
    expect(baseFolder({ XDG_CONFIG_HOME: '/etc/own' }, 'XDG_CONFIG_HOME', '.config', '/home/a')).toBe('/etc/own');
    expect(baseFolder({}, 'XDG_DATA_HOME', '.local/share', '/home/a')).toBe(join('/home/a', '.local/share'));
  });

  it('takes an empty variable for none: it would be the current folder', () => {
    expect(baseFolder({ XDG_CONFIG_HOME: '' }, 'XDG_CONFIG_HOME', '.config', '/home/a')).toBe(
      join('/home/a', '.config'),
    );
  });
});
