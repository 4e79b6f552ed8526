import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { readTokensFile, writeTokensFile } from '@evenlight/bridge/src/access/tokens-file.ts';
import { connectBridge } from '@evenlight/bridge/src/client/connect-bridge.ts';
import type { BridgeClient } from '@evenlight/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BridgeProcess } from '../fakes/bridge-process.ts';
import { renewedCertificate, selfSignedCertificate } from '../fixtures/certificate.ts';
import { temporaryFolder } from '../fixtures/photo-files.ts';
import { makeTinyModels } from '../fixtures/tiny-model.ts';
import { writeUserTokens } from '../fixtures/user-tokens.ts';

const CERTIFICATES = [selfSignedCertificate(), renewedCertificate()] as const;
const CLIENTS = 8;

interface Studio {
  readonly bridge: BridgeProcess;
  readonly tokensFile: string;
  readonly tokens: readonly string[];
  setCertificate(which: 0 | 1): Promise<void>;
  connect(user: number): Promise<BridgeClient>;
  /** What a new connection is shown. */
  shownCertificate(): Promise<string>;
}

async function startStudio(): Promise<Studio> {
  const folder = await temporaryFolder();
  const { modelsFolder } = await makeTinyModels();
  const file = (name: string): string => join(folder, name);
  const setCertificate = async (which: 0 | 1): Promise<void> => {
    await writeFile(file('cert.pem'), CERTIFICATES[which].cert);
    await writeFile(file('key.pem'), CERTIFICATES[which].key, { mode: 0o600 });
  };
  await setCertificate(0);
  const users = ['Ana', 'Ben'].map((user) => ({ user, role: 'user' as const }));
  const tokens = await writeUserTokens(file('tokens.json'), users);
  const bridge = new BridgeProcess([
    ...['--port', '0', '--json', '--runtime', 'wasm', '--models', modelsFolder, '--tokens', file('tokens.json')],
    ...['--tls-cert', file('cert.pem'), '--tls-key', file('key.pem')],
  ]);
  onTestFinished(async () => {
    bridge.process.kill('SIGKILL');
    await bridge.exited;
    await rm(modelsFolder, { recursive: true });
  });
  const { url, port } = await bridge.listening();
  const ca = CERTIFICATES.map(({ cert }) => cert).join('');
  return {
    ...{ bridge, tokens, tokensFile: file('tokens.json'), setCertificate },
    connect: (user) => connectBridge(url, { token: tokens[user], ca }),
    shownCertificate: async () => {
      const socket = connectTls({ port, host: '127.0.0.1', ca });
      await once(socket, 'secureConnect');
      const { raw } = socket.getPeerCertificate();
      socket.destroy();
      return raw.toString('base64');
    },
  };
}

const bytesOf = (pem: string): string => pem.replace(/-----[^-]+-----|\s/g, '');

/** Predicts until it is told to stop; every failure is kept. */
class Workers {
  readonly failures: unknown[] = [];
  readonly #working: Promise<void>[] = [];
  #isOver = false;
  #ended = 0;
  #wake: () => void = () => undefined;

  add(client: BridgeClient): void {
    this.#working.push(this.#work(client));
  }

  /** Until so many more predictions have ended. */
  async goOn(predictions: number): Promise<void> {
    const until = this.#ended + predictions;
    while (this.#ended < until && this.failures.length === 0) await new Promise<void>((wake) => (this.#wake = wake));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#working);
  }

  async #work(client: BridgeClient): Promise<void> {
    const [model] = client.server.models;
    const { width, height } = model!.proxy;
    while (!this.#isOver && this.failures.length === 0) {
      const proxy = { width, height, pixels: new Float32Array(width * height * 3).fill(0.3) };
      await client.predict({ model: model!.name, proxy }).then(
        () => {
          this.#ended++;
        },
        (error: unknown) => void this.failures.push(error),
      );
      this.#wake();
    }
    client.close();
  }
}

describe('a bridge that is at work', () => {
  it('[AU7] takes a new certificate, new tokens and new models, and loses no job over it', async () => {
    const studio = await startStudio();
    const workers = new Workers();
    for (let count = 0; count < CLIENTS; count++) workers.add(await studio.connect(0));
    const revoked = await studio.connect(1);

    for (const [round, which] of ([1, 0, 1] as const).entries()) {
      await studio.setCertificate(which);
      // The first time it looks by itself, then it is told to.
      if (round > 0) studio.bridge.process.kill('SIGHUP');
      while ((await studio.shownCertificate()) !== bytesOf(CERTIFICATES[which].cert)) await workers.goOn(1);
      workers.add(await studio.connect(0));
      await workers.goOn(2 * CLIENTS);
    }

    await writeTokensFile(studio.tokensFile, readTokensFile(studio.tokensFile).slice(0, 1));
    studio.bridge.process.kill('SIGHUP');
    expect(await revoked.closed).toMatchObject({ code: 'UNAUTHORIZED' });
    await expect(studio.connect(1)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    await workers.goOn(2 * CLIENTS);
    await workers.stop();
    expect(workers.failures).toEqual([]);
  });

  it('goes on with what it had when the new certificate is none', async () => {
    const studio = await startStudio();
    const workers = new Workers();
    for (let count = 0; count < CLIENTS; count++) workers.add(await studio.connect(0));
    await writeFile(join(studio.tokensFile, '../cert.pem'), 'no certificate');
    studio.bridge.process.kill('SIGHUP');
    while (!studio.bridge.stderr.includes('reload failed')) await workers.goOn(1);
    expect(await studio.shownCertificate()).toBe(bytesOf(CERTIFICATES[0].cert));
    workers.add(await studio.connect(0));
    await workers.goOn(2 * CLIENTS);
    await workers.stop();
    expect(workers.failures).toEqual([]);
  });
});
