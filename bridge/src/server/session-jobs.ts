import { messageOf, noModelText } from '@evenlight/models';
import type { Chunk, DownloadStream, JobRequest, WireErrorCode, WireModel } from '@evenlight/protocol';
import { closeCodeOf, ProtocolError } from '@evenlight/protocol';
import type { BridgeMetrics } from '../metrics/bridge-metrics.ts';
import { BridgeJob } from './bridge-job.ts';
import { priorityOf } from './job-prediction.ts';
import type { JobSession } from './job-session.ts';
import type { LogEntry } from './log.ts';
import { errorMessage } from './outgoing.ts';
import { toWireError } from './wire-error.ts';

export interface SessionJobsOptions {
  readonly models: () => readonly WireModel[];
  readonly log: (entry: LogEntry) => void;
  readonly metrics: BridgeMetrics;
  /** An error that ends the whole connection came up in a job. */
  readonly onFatal: (error: ProtocolError) => void;
  /** The last running job has ended. */
  readonly onIdle: () => void;
}

/** The jobs of one connection, by their ids. */
export class SessionJobs {
  readonly #options: SessionJobsOptions;
  readonly #running = new Map<number, BridgeJob>();
  #lastJobId = 0;
  #isDraining = false;

  constructor(options: SessionJobsOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#running.size;
  }

  /** Takes no new jobs from now on. */
  drain(): void {
    this.#isDraining = true;
  }

  /** @throws ProtocolError `JOB_ID_REUSED`; whatever else is wrong is told to the client as the job's own error */
  start(message: JobRequest, session: JobSession): void {
    const { jobId } = message;
    if (jobId <= this.#lastJobId) {
      throw new ProtocolError('JOB_ID_REUSED', `job id ${jobId} is not greater than the last one, ${this.#lastJobId}`);
    }
    this.#lastJobId = jobId;
    try {
      const job = this.#admit(message, session);
      this.#running.set(jobId, job);
      session.account.jobs++;
      job.run().then(
        () => {
          this.#ended(job, 'done');
        },
        (error: unknown) => {
          this.#fail(job, error, session);
        },
      );
    } catch (error) {
      this.#tell(jobId, error, session);
    }
  }

  /** Of a job that is not running: ignored, it may just have ended. */
  cancel(jobId: number, session: JobSession): void {
    const job = this.#running.get(jobId);
    if (job !== undefined) this.#fail(job, new ProtocolError('CANCELLED', 'cancelled by the client'), session);
  }

  /** @throws ProtocolError `UNKNOWN_JOB` */
  handleChunk(chunk: Chunk, session: JobSession): void {
    const job = this.#find(chunk.jobId);
    try {
      job?.handleChunk(chunk);
    } catch (error) {
      if (job !== undefined) this.#fail(job, error, session);
    }
  }

  /** @throws ProtocolError `UNKNOWN_JOB`, `BAD_MESSAGE` */
  handleAck(ack: { readonly jobId: number; readonly stream: DownloadStream; readonly bytes: number }): void {
    this.#find(ack.jobId)?.handleAck(ack.stream, ack.bytes);
  }

  /** The connection is gone: all jobs stop wherever they are, without a word. */
  abort(error: ProtocolError): void {
    for (const job of [...this.#running.values()]) {
      job.abort(error);
      this.#ended(job, error.code);
    }
  }

  /** `undefined`: the job is over, and what still arrives for it is dropped. */
  #find(jobId: number): BridgeJob | undefined {
    if (jobId <= this.#lastJobId) return this.#running.get(jobId);
    throw new ProtocolError('UNKNOWN_JOB', `job ${jobId} was never started`, { jobId });
  }

  #admit(message: JobRequest, session: JobSession): BridgeJob {
    const { maxJobsPerConnection, maxJobsPerUser } = session.settings.limits;
    if (this.#isDraining) throw new ProtocolError('SHUTTING_DOWN', 'the bridge is shutting down');
    if (this.count >= maxJobsPerConnection) {
      throw new ProtocolError('TOO_MANY_JOBS', `${this.count} jobs are running, the limit is ${maxJobsPerConnection}`);
    }
    const { account } = session;
    if (account.jobs >= maxJobsPerUser) {
      const text = `${account.jobs} jobs of this user are running, the limit is ${maxJobsPerUser}`;
      throw new ProtocolError('TOO_MANY_JOBS', text);
    }
    const model = message.type === 'clean' ? undefined : this.#modelNamed(message.model);
    return new BridgeJob(message, model, session, (job, stillMs) => {
      const text = `nothing moved for ${Math.round(stillMs)} ms: the job waited for its client`;
      this.#fail(job, new ProtocolError('JOB_TIMEOUT', text, { jobId: job.id }), session);
    });
  }

  #modelNamed(name: string): WireModel {
    const models = this.#options.models();
    const model = models.find((candidate) => candidate.name === name);
    if (model !== undefined) return model;
    const known = models.map((candidate) => candidate.name);
    throw new ProtocolError('UNKNOWN_MODEL', noModelText(name, known));
  }

  /** Ends one job, unless the error is one that ends the connection. */
  #fail(job: BridgeJob, error: unknown, session: JobSession): void {
    if (this.#running.get(job.id) !== job) return;
    const wire = toWireError(error);
    if (closeCodeOf(wire.code) !== undefined) {
      this.#options.onFatal(wire);
      return;
    }
    job.abort(wire);
    this.#tell(job.id, error, session);
    this.#ended(job, wire.code);
  }

  #tell(jobId: number, error: unknown, session: JobSession): void {
    const wire = toWireError(error);
    if (INTERNAL_CODES.has(wire.code)) {
      const reason = messageOf(error);
      this.#options.log({ level: 'error', event: 'job failed', job: jobId, code: wire.code, reason });
    }
    session.sendMessage(errorMessage(wire, jobId));
  }

  #ended(job: BridgeJob, outcome: string): void {
    if (!this.#running.delete(job.id)) return;
    job.account.jobs--;
    const { request, times, userClass, receivedBytes, sentBytes } = job;
    const facts = { kind: request.type, priority: priorityOf(request), userClass, result: outcome } as const;
    this.#options.metrics.jobEnded({ ...facts, times, receivedBytes, sentBytes });
    const image = request.type === 'predict' ? undefined : request.image;
    this.#options.log({
      level: 'info',
      event: 'job ended',
      job: job.id,
      outcome,
      kind: request.type,
      ...(request.type === 'clean' ? {} : { model: request.model }),
      ...(image === undefined ? {} : { image: `${image.width}x${image.height}x${image.channels} ${image.format}` }),
      ...times,
    });
    if (this.count === 0) this.#options.onIdle();
  }
}

/** Their texts stay in the log: the client gets others. */
const INTERNAL_CODES: ReadonlySet<WireErrorCode> = new Set(['INTERNAL', 'RUNTIME_CRASHED', 'RUNTIME_FAILED']);
