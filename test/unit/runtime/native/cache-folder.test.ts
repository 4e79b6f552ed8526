import { cacheFolder, checkSpace, freeBytes } from '@evenlight/runtime/src/native/cache-folder.ts';
import { describe, expect, it } from 'vitest';

describe('cache folder', () => {
  it('is what EVENLIGHT_CACHE says, else in XDG_CACHE_HOME', () => {
    expect(cacheFolder({ EVENLIGHT_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
    expect(cacheFolder({ EVENLIGHT_CACHE: '', XDG_CACHE_HOME: '/b' })).toBe('/b/evenlight');
    expect(cacheFolder({})).toMatch(/(\.cache|Caches).evenlight$/);
  });

  it('knows the room on the disk of a folder that is still to be made', async () => {
    expect(await freeBytes('/no/such/folder')).toBeGreaterThan(0);
  });

  it('accepts exactly as much room as is needed', () => {
    expect(() => {
      checkSpace('/cache', 1000, 1000);
    }).not.toThrow();
    expect(() => {
      checkSpace('/cache', 999, 1000);
    }).toThrow(expect.objectContaining({ code: 'SETUP_SPACE' }));
  });
});
