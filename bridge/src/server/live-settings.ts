import type { UserTokens } from '../access/user-tokens.ts';
import { messageOf } from '@evenlight/models';
import type { ExposureService } from '../service/exposure-service.ts';
import type { BridgeServer } from './bridge-server.ts';
import { readTlsFiles, type TlsPaths } from './command-options.ts';
import type { Log } from './log.ts';
import { watchFiles } from './watch-files.ts';

export interface LiveSettingsOptions {
  readonly server: BridgeServer;
  readonly service: ExposureService;
  readonly log: Log;
  readonly tokens: UserTokens | undefined;
  readonly tokensFile: string | undefined;
  readonly tlsPaths: TlsPaths | undefined;
}

/**
 * Reloads settings of a running bridge: tokens and certificate when their files change, and with SIGHUP the models as well.
 * If something cannot be read, that is logged, and the bridge goes on with the old settings.
 */
export class LiveSettings {
  readonly #options: LiveSettingsOptions;
  readonly #stops: (() => void)[] = [];

  constructor(options: LiveSettingsOptions) {
    this.#options = options;
  }

  watch(): void {
    const { tokensFile, tlsPaths } = this.#options;
    if (tokensFile !== undefined) {
      const reload = (): void => {
        this.#try('tokens', () => {
          this.#reloadTokens();
        });
      };
      this.#stops.push(watchFiles([tokensFile], reload));
    }
    if (tlsPaths !== undefined) {
      const files = [tlsPaths.cert, tlsPaths.key, ...(tlsPaths.clientCa === undefined ? [] : [tlsPaths.clientCa])];
      const reload = (): void => {
        this.#try('certificate', () => {
          this.#reloadTls(tlsPaths);
        });
      };
      this.#stops.push(watchFiles(files, reload));
    }
  }

  /** Reads everything again, now. */
  async reload(): Promise<void> {
    const { tokensFile, tlsPaths, service, server, log } = this.#options;
    if (tokensFile !== undefined) this.#try('tokens', () => this.#reloadTokens());
    if (tlsPaths !== undefined) this.#try('certificate', () => this.#reloadTls(tlsPaths));
    try {
      await service.reload();
      server.serve(service);
      log({ level: 'info', event: 'reloaded', what: 'models', count: service.models.length });
    } catch (error) {
      log({ level: 'error', event: 'reload failed', what: 'models', reason: messageOf(error) });
    }
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  #reloadTokens(): void {
    this.#options.tokens?.reload();
    this.#options.server.recheckTokens();
  }

  #reloadTls(paths: TlsPaths): void {
    this.#options.server.setTls(readTlsFiles(paths));
  }

  #try(what: string, reload: () => void): void {
    const { log } = this.#options;
    try {
      reload();
      log({ level: 'info', event: 'reloaded', what });
    } catch (error) {
      log({ level: 'error', event: 'reload failed', what, reason: messageOf(error) });
    }
  }
}
