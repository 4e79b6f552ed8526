import { fromPhotoJob, type PhotoJob, toPhotoJob } from '@evenlight/bridge/src/batch/photo-job.ts';
import { parseBatchOptions, parseWorkerOptions } from '@evenlight/bridge/src/batch/batch-options.ts';
import { parseFixOptions } from '@evenlight/bridge/src/fix/fix-options.ts';
import { describe, expect, it } from 'vitest';

const ENVIRONMENT = { env: {}, currentFolder: '/studio' };
const options = parseFixOptions(['shoot', '--strength', '70', '--ev', '-0.5', '--model', 'exposure'], ENVIRONMENT);
const photo = { input: '/studio/shoot/a/b.jpg', output: '/studio/fixed/b.jpg' };
const job = toPhotoJob(photo, options, '/studio');

describe('a job of a batch', () => {
  it('names files below the root that all computers share, wherever it lies', () => {
    expect(job).toMatchObject({ input: 'shoot/a/b.jpg', output: 'fixed/b.jpg', strength: 0.7, evBias: -0.5 });
    expect(fromPhotoJob(JSON.parse(JSON.stringify(job)), '/mnt/nas').planned).toEqual({
      input: '/mnt/nas/shoot/a/b.jpg',
      output: '/mnt/nas/fixed/b.jpg',
    });
  });

  it.each(['/else/b.jpg', '/studio', '/studiox/b.jpg'])('is refused for %s, which lies outside', (input) => {
    expect(() => toPhotoJob({ ...photo, input }, options, '/studio')).toThrow(/outside of \/studio/);
  });

  it.each<readonly [string, Partial<Record<keyof PhotoJob, unknown>>]>([
    ['an absolute path', { output: '/etc/passwd' }],
    ['a path that climbs out', { output: 'a/../../b.jpg' }],
    ['a path with backslashes', { output: '..\\b.jpg' }],
    ['no path', { input: '' }],
    ['a strength beyond its limit', { strength: 9 }],
    ['fields that nobody knows', { ['x' as 'input']: 1 }],
  ])('of the queue is refused with %s', (_what, change) => {
    expect(() => fromPhotoJob({ ...job, ...change }, '/studio')).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT' }),
    );
  });
});

describe('batch and worker', () => {
  it('take their queue from the command line, then from the environment', () => {
    const env = { EVENLIGHT_QUEUE: 'redis://one' };
    const read = (...args: string[]) => parseBatchOptions(['status', ...args], { env, currentFolder: '/' });
    expect([read().queueUrl, read('--queue', 'rediss://two:1').queueUrl]).toEqual(['redis://one', 'rediss://two:1']);
    expect(() => parseWorkerOptions([], ENVIRONMENT)).toThrow(/no queue/);
    expect(() => parseWorkerOptions(['--queue', 'http://x'], ENVIRONMENT)).toThrow(/redis:\/\//);
    expect(() => parseBatchOptions(['enqueue', '--queue', 'redis://x'], ENVIRONMENT)).toThrow(/needs a folder/);
  });
});
