import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOddBridge, type OddBridgeOptions } from '@evenlight/test/fakes/plugin/odd-bridge.ts';
import type { PanelDriver } from '@evenlight/test/fakes/plugin/panel-driver.ts';
import { PanelStage } from '@evenlight/test/fakes/plugin/panel-stage.ts';
import { selfSignedCertificate } from '@evenlight/test/fixtures/certificate.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

/** Two browsers: one trusts any certificate, as if it were signed by an authority; the other trusts none of ours. */
let trusting: PanelStage;
let wary: PanelStage;
let tlsFlags: readonly string[];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evenlight-diagnosis-'));
  const { cert, key } = selfSignedCertificate();
  tlsFlags = ['--tls-cert', join(folder, 'cert.pem'), '--tls-key', join(folder, 'key.pem')];
  await writeFile(tlsFlags[1]!, cert);
  await writeFile(tlsFlags[3]!, key);
  [trusting, wary] = await Promise.all([PanelStage.start(['--ignore-certificate-errors']), PanelStage.start()]);
});
afterAll(async () => {
  await Promise.all([trusting.close(), wary.close()]);
  await rm(folder, { recursive: true, force: true });
});

const RUNGS = ['Address', 'Reachable', 'Encryption (TLS)', 'WebSocket', 'Version', 'Access code', 'Model ready'];

async function diagnose(stage: PanelStage, address: string, token?: string): Promise<PanelDriver> {
  const panel = await stage.startPanel({ height: 1200 });
  onTestFinished(() => panel.close());
  await panel.openPanel();
  await panel.openAdvanced();
  await panel.typeInto('Server address', address);
  if (token !== undefined) await panel.typeInto('Access code (token)', token);
  await panel.press('Test connection');
  return panel;
}

async function expectFailure(panel: PanelDriver, rung: string, advice: RegExp): Promise<void> {
  await panel.see(advice);
  const rungs = await panel.diagnosis();
  const failed = RUNGS.indexOf(rung);
  expect(rungs.map(({ name }) => name)).toEqual(RUNGS);
  expect(rungs.map(({ mark }) => (mark === 'neutral' ? 'good' : mark))).toEqual(
    RUNGS.map((_, i) => (i < failed ? 'good' : i === failed ? 'bad' : 'none')),
  );
  expect(rungs.filter((shown) => shown.advice !== undefined)).toEqual([rungs[failed]]);
  expect(rungs[failed]!.advice).toMatch(advice);
  expect(await panel.textsCutOff()).toEqual([]);
}

async function oddBridge(options: OddBridgeOptions): Promise<string> {
  const bridge = await startOddBridge(options);
  onTestFinished(() => bridge.close());
  return bridge.url;
}

describe('the diagnosis in the panel', () => {
  it('of a bridge that is in order passes every rung, with TLS and token', async () => {
    const url = await trusting.startBridge(tlsFlags, { EVENLIGHT_TOKEN: 'open-sesame-open-sesame' });
    const panel = await diagnose(trusting, url, 'open-sesame-open-sesame');
    await panel.see(/^WebAssembly \(TensorFlow/);
    expect((await panel.diagnosis()).map(({ mark }) => mark)).toEqual(RUNGS.map(() => 'good'));
  });

  it('stops at an address that is none', async () => {
    const panel = await diagnose(trusting, 'ftp://studio');
    await expectFailure(panel, 'Address', /^Enter the address exactly as the server shows it/);
  });

  it('stops where nothing listens', async () => {
    const bridge = await startOddBridge({});
    await bridge.close();
    const panel = await diagnose(trusting, bridge.url);
    await expectFailure(panel, 'Reachable', /^No Evenlight server is running on this computer\. You do not need one/);
  });

  it('does not say that nothing runs where a certificate may be the reason', async () => {
    const url = await wary.startBridge(tlsFlags);
    const panel = await diagnose(wary, url);
    await expectFailure(panel, 'Reachable', /^Either nothing answers there, or its certificate is not trusted;/);
  });

  it.each([
    ['ws:// where the bridge wants TLS', 'wss:', 'ws:', /^That server requires encryption: enter wss:\/\//],
    ['wss:// where the bridge has no TLS', 'ws:', 'wss:', /^That server does not use encryption: enter ws:\/\//],
  ])('stops at %s', async (_what, has, typed, advice) => {
    const url = await trusting.startBridge(has === 'wss:' ? tlsFlags : []);
    const panel = await diagnose(trusting, url.replace(has, typed));
    await expectFailure(panel, 'Encryption (TLS)', advice);
  });

  it('stops where something else answers', async () => {
    const panel = await diagnose(trusting, await oddBridge({ healthStatus: 404, greets: 'none' }));
    await expectFailure(panel, 'WebSocket', /^Something other than an Evenlight server answers there/);
  });

  it('stops where HTTP passes and WebSockets do not', async () => {
    const panel = await diagnose(trusting, await oddBridge({ greets: 'none' }));
    await expectFailure(panel, 'WebSocket', /^Web requests get through but WebSockets do not\./);
  });

  it('stops at a bridge that speaks other versions', async () => {
    const panel = await diagnose(trusting, await oddBridge({ greets: 'newer-version' }));
    await expectFailure(panel, 'Version', /^The server is newer than this plugin\. Update the plugin\.$/);
  });

  it.each([
    ['missing', undefined, /^This server asks for an access code\./],
    ['wrong', 'another-token-than-it-has', /^The server rejects this access code\./],
  ])('stops at a token that is %s', async (_what, token, advice) => {
    const url = await trusting.startBridge([], { EVENLIGHT_TOKEN: 'open-sesame-open-sesame' });
    await expectFailure(await diagnose(trusting, url, token), 'Access code', advice);
  });

  it('stops at a bridge that is not ready', async () => {
    const panel = await diagnose(trusting, await oddBridge({ readyStatus: 503 }));
    await expectFailure(panel, 'Model ready', /^The server is still starting\./);
  });
});
