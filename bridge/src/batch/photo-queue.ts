import { createHash } from 'node:crypto';
import { messageOf } from '@evenlight/models';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { BridgeError } from '../errors.ts';
import type { PhotoJob } from './photo-job.ts';

export const QUEUE_NAME = 'evenlight-photos';

/** Attempts for each photograph. A worker's death does not count as one; a photograph that cannot be read is not tried again. */
const ATTEMPTS = 4;
const FIRST_RETRY_MS = 5000;
/** How many ended jobs the queue remembers; about a kilobyte each in Redis. */
const REMEMBERED = 1_000_000;
const AT_ONCE = 1000;
const CONNECT_MS = 5000;

/** The progress of a batch, in photographs. */
export interface BatchCounts {
  readonly waiting: number;
  readonly active: number;
  /** Wait for another attempt. */
  readonly delayed: number;
  readonly done: number;
  readonly failed: number;
}

/**
 * Connects to Redis.
 *
 * @param url `redis://host:6379`, `rediss://…` for TLS; may hold a password
 * @throws BridgeError `QUEUE_FAILED` when nobody answers within 5 s
 */
export async function connectRedis(url: string): Promise<Redis> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: null, connectTimeout: CONNECT_MS });
  let reason: unknown;
  redis.on('error', (error: unknown) => {
    reason = error;
  });
  try {
    await redis.connect();
    return redis;
  } catch (error) {
    redis.disconnect();
    const { host } = new URL(url);
    const text = `the queue at ${host} cannot be reached: ${messageOf(reason ?? error)}`;
    throw new BridgeError('QUEUE_FAILED', text, { cause: error });
  }
}

/** The photographs of all batches, in Redis. */
export class PhotoQueue {
  readonly #redis: Redis;
  readonly #queue: Queue<PhotoJob>;

  private constructor(redis: Redis) {
    this.#redis = redis;
    this.#queue = new Queue<PhotoJob>(QUEUE_NAME, { connection: redis });
    this.#queue.on('error', () => undefined);
  }

  /** @throws BridgeError `QUEUE_FAILED` */
  static async open(url: string): Promise<PhotoQueue> {
    return new PhotoQueue(await connectRedis(url));
  }

  /**
   * Adds photographs. One that is in the queue already, with the same settings and unchanged, is not added twice, whether it
   * waits, has been fixed or has failed.
   *
   * @param states what tells one state of a photograph's file from the next, in the order of the jobs
   */
  async add(jobs: readonly PhotoJob[], states: readonly string[]): Promise<void> {
    for (let from = 0; from < jobs.length; from += AT_ONCE) {
      await this.#queue.addBulk(
        jobs.slice(from, from + AT_ONCE).map((data, index) => ({
          name: 'fix',
          data,
          opts: {
            jobId: jobIdOf(data, states[from + index] ?? ''),
            attempts: ATTEMPTS,
            backoff: { type: 'exponential', delay: FIRST_RETRY_MS },
            removeOnComplete: { count: REMEMBERED },
          },
        })),
      );
    }
  }

  async counts(): Promise<BatchCounts> {
    const {
      wait = 0,
      active = 0,
      delayed = 0,
      completed = 0,
      failed = 0,
    } = await this.#queue.getJobCounts(
      ...['wait' as const, 'active' as const, 'delayed' as const, 'completed' as const, 'failed' as const],
    );
    return { waiting: wait, active, delayed, done: completed, failed };
  }

  /** Photographs that were given up, and why; the latest first. */
  async failures(most: number): Promise<readonly { readonly input: string; readonly reason: string }[]> {
    const jobs = await this.#queue.getFailed(0, most - 1);
    return jobs.map(({ data, failedReason }) => ({ input: data.input, reason: failedReason }));
  }

  /** Queues all photographs that were given up again. */
  async retryFailed(): Promise<void> {
    await this.#queue.retryJobs({ state: 'failed', count: AT_ONCE });
  }

  /** Forgets all photographs. Those being fixed are finished. */
  async clear(): Promise<void> {
    await this.#queue.obliterate({ force: true });
  }

  async close(): Promise<void> {
    await this.#queue.close();
    this.#redis.disconnect();
  }
}

function jobIdOf(job: PhotoJob, state: string): string {
  const text = JSON.stringify([job, state]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
