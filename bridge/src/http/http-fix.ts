import { type FileHandle, open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Correction, noModelText } from '@evenlight/models';
import { ProtocolError } from '@evenlight/protocol';
import { type Identity, userClassOf } from '../access/access-control.ts';
import { extensionOf } from '../codec/sniff-format.ts';
import { FIXED_SUFFIX } from '../fix/output-path.ts';
import type { FixedPhoto } from '../fix/fix-photo.ts';
import type { EndedJob } from '../metrics/bridge-metrics.ts';
import type { Account } from '../server/accounts.ts';
import type { PixelBudget } from '../server/pixel-budget.ts';
import type { SessionSettings } from '../server/server-options.ts';
import { StallWatch } from '../server/stall-watch.ts';
import type { FixParameters } from './fix-parameters.ts';
import { plainExtension } from './fix-parameters.ts';
import { refusalOf } from './http-error.ts';
import { MEDIA_TYPES } from './media-types.ts';
import type { PhotoReport } from './photo-messages.ts';
import type { PhotoPool } from './photo-pool.ts';
import { makeUploadFolder, receiveUpload, type UploadFolder } from './upload-folder.ts';

export interface HttpFixParts {
  readonly requestId: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly parameters: FixParameters;
  readonly identity: Identity;
  readonly account: Account;
  readonly settings: SessionSettings;
  readonly photos: PhotoPool;
  readonly disk: PixelBudget;
}

/**
 * One photograph over HTTP: receive → fix → send. Receiving and sending go through files, so that neither a slow client nor a
 * large photograph holds memory here.
 */
export class HttpFix {
  readonly #parts: HttpFixParts;
  readonly #abort = new AbortController();
  readonly #stall: StallWatch;
  readonly #startMs: number;
  readonly #times = { queuedMs: 0, predictMs: 0, totalMs: 0 };
  #receivedBytes = 0;
  #sentBytes = 0;
  #image: string | undefined;

  constructor(parts: HttpFixParts) {
    this.#parts = parts;
    const { clock, times } = parts.settings;
    this.#startMs = clock.nowMs();
    this.#stall = new StallWatch({
      clock,
      limitMs: times.stallTimeoutMs,
      onStall: (stillMs) => {
        this.abort(new ProtocolError('JOB_TIMEOUT', `nothing moved for ${Math.round(stillMs)} ms`));
      },
    });
    const onClose = (): void => {
      if (!parts.response.writableFinished) this.abort(new ProtocolError('CANCELLED', 'the client went away'));
    };
    if (parts.response.closed) onClose();
    else parts.response.once('close', onClose);
  }

  abort(reason: ProtocolError): void {
    this.#abort.abort(reason);
  }

  /** @throws what ended it; nothing is left behind then */
  async run(): Promise<void> {
    const { account, settings } = this.#parts;
    const { maxJobsPerUser } = settings.limits;
    if (account.jobs >= maxJobsPerUser) {
      const text = `${account.jobs} jobs of this user are running, the limit is ${maxJobsPerUser}`;
      throw new ProtocolError('TOO_MANY_JOBS', text);
    }
    account.jobs++;
    let result = 'done';
    const folder = await makeUploadFolder();
    try {
      await this.#fixIn(folder);
    } catch (error) {
      result = refusalOf(error).body.code;
      throw error;
    } finally {
      account.jobs--;
      this.#stall.stop();
      await folder.remove();
      this.#tell(result);
    }
  }

  async #fixIn(folder: UploadFolder): Promise<void> {
    const { request, parameters, account, settings, disk } = this.#parts;
    const { signal } = this.#abort;
    const input = join(folder.path, `photograph${plainExtension(parameters.name)}`);
    const output = join(folder.path, 'result');
    if (request.headers.expect !== undefined) this.#parts.response.writeContinue();
    this.#stall.start();
    const upload = await receiveUpload(request, {
      path: input,
      user: account.key,
      maxBytes: settings.limits.maxUploadBytes,
      disk,
      signal,
      onBytes: (count) => {
        this.#receivedBytes += count;
        this.#stall.moved();
      },
    });
    this.#stall.stop();
    try {
      const fixed = await this.#fix(input, output);
      const result = await open(output);
      // An open file can still be sent after it is unlinked, and nothing is left if the bridge is killed.
      await folder.remove().catch(() => undefined);
      await this.#send(result, fixed);
    } finally {
      upload.release();
    }
  }

  async #fix(input: string, output: string): Promise<FixedPhoto> {
    const { requestId, parameters, account, settings, photos } = this.#parts;
    const { strength, evBias, restore, format, quality, upright, kind, priority } = parameters;
    const { maxImagePixels, maxImageSide } = settings.limits;
    const model = settings.service.models.find(({ name }) => name === parameters.model);
    if (model === undefined) {
      const known = settings.service.models.map(({ name }) => name);
      throw new ProtocolError('UNKNOWN_MODEL', noModelText(parameters.model, known));
    }
    const restoration = settings.service.restorer?.contract;
    if (restore !== 'off' && restoration === undefined) {
      throw new ProtocolError('UNKNOWN_MODEL', 'this bridge has no model that cleans noise');
    }
    const order = {
      ...{ input, output, format, quality, upright, kind, maxImagePixels, maxImageSide },
      ...{ model: model.name, modelInput: model.contract.input, adjustment: { strength, evBias } },
      ...{ restore, restoration },
    };
    const waitsSinceMs = settings.clock.nowMs();
    const turn = {
      ...{ user: account.key, client: requestId, priority, signal: this.#abort.signal },
      onStart: () => {
        this.#times.queuedMs = this.#since(waitsSinceMs);
      },
    };
    const networks = {
      predict: (question: Extract<PhotoReport, { type: 'predict' }>) => this.#predict(model.name, question),
      runTiles: (question: Extract<PhotoReport, { type: 'tiles' }>) => this.#runTiles(question),
    };
    const fixed = await photos.fix(order, networks, turn);
    const { width, height, channels, format: samples } = fixed.photo;
    this.#image = `${width}x${height}x${channels} ${samples}`;
    return fixed;
  }

  async #predict(model: string, question: Extract<PhotoReport, { type: 'predict' }>): Promise<Correction> {
    const { requestId, parameters, account, settings } = this.#parts;
    const { proxy, orientation } = question;
    let startedMs = settings.clock.nowMs();
    const queuedSinceMs = startedMs;
    const correction = await settings.service.predict(
      { model, proxy, orientation },
      {
        signal: this.#abort.signal,
        userId: account.key,
        clientId: requestId,
        priority: parameters.priority,
        onProgress: ({ state }) => {
          if (state === 'running') startedMs = settings.clock.nowMs();
        },
      },
    );
    this.#times.queuedMs += Math.max(0, Math.round(startedMs - queuedSinceMs));
    this.#times.predictMs = this.#since(startedMs);
    return correction;
  }

  async #runTiles({ input, shape }: Extract<PhotoReport, { type: 'tiles' }>): Promise<Float32Array> {
    const { requestId, parameters, account, settings } = this.#parts;
    const { restorer } = settings.service;
    // A reload may have taken it away since.
    if (restorer === undefined) throw new ProtocolError('UNKNOWN_MODEL', 'this bridge has no model that cleans noise');
    const turn = { userId: account.key, clientId: requestId, priority: parameters.priority };
    return restorer.runTiles(input, shape, { ...turn, signal: this.#abort.signal });
  }

  async #send(result: FileHandle, fixed: FixedPhoto): Promise<void> {
    const { response, parameters } = this.#parts;
    const { size } = await result.stat();
    const extension =
      fixed.format === 'cube' || fixed.format === 'xmp' ? `.${fixed.format}` : extensionOf(fixed.format);
    response.writeHead(200, {
      'Content-Type': MEDIA_TYPES[fixed.format],
      'Content-Length': size,
      'Content-Disposition': contentDisposition(parameters.name, extension),
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Evenlight-Status': fixed.status,
      'Evenlight-Description': ascii(fixed.description),
      'Evenlight-Warnings': asciiJson(fixed.warnings),
    });
    this.#stall.start();
    const source = result.createReadStream();
    source.on('data', (chunk) => {
      this.#sentBytes += chunk.length;
      this.#stall.moved();
    });
    await pipeline(source, response, { signal: this.#abort.signal });
  }

  #tell(result: string): void {
    const { requestId, parameters, identity, settings } = this.#parts;
    this.#times.totalMs = this.#since(this.#startMs);
    const { priority, model } = parameters;
    const facts: EndedJob = {
      kind: 'http',
      ...{ priority, userClass: userClassOf(identity), result, times: this.#times },
      ...{ receivedBytes: this.#receivedBytes, sentBytes: this.#sentBytes },
    };
    settings.counts.jobEnded(facts);
    const image = this.#image === undefined ? {} : { image: this.#image };
    const sizes = { receivedBytes: this.#receivedBytes, sentBytes: this.#sentBytes };
    const entry = { level: 'info', event: 'job ended', kind: 'http', outcome: result, model, ...image } as const;
    settings.log({ ...entry, ...this.#times, ...sizes, connection: requestId });
  }

  #since(ms: number): number {
    return Math.max(0, Math.round(this.#parts.settings.clock.nowMs() - ms));
  }
}

/** `party.jpg` comes back as `party-fixed.jpg`. */
function contentDisposition(name: string | undefined, extension: string): string {
  const stem = name === undefined ? 'photograph' : basename(name, extname(name));
  const file = `${stem}${FIXED_SUFFIX}${extension}`;
  return `attachment; filename="${file.replace(/[^\w .-]/g, '_')}"; filename*=UTF-8''${encodeRfc5987(file)}`;
}

function encodeRfc5987(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, '_')).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Headers hold ASCII alone. */
function ascii(text: string): string {
  return text
    .replaceAll('−', '-')
    .replaceAll('×', 'x')
    .replace(/[^\x20-\x7e]/g, '?');
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
