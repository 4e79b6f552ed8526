import { messageOf, throwIfCancelled, type CancelSignal } from '@evenlight/models';
import { parseBridgeAddress, type BridgeAddress } from '@evenlight/client';
import { DEFAULT_BRIDGE_PORT, ProtocolError, type ServerHello } from '@evenlight/protocol';
import type { HostFacts } from '../host.ts';
import type { OpenBridge } from './connection.ts';
import { isCancelled, SessionError } from './errors.ts';

/** The steps from an address to a prediction, in order. */
export const RUNGS = ['address', 'reachable', 'tls', 'websocket', 'version', 'token', 'model'] as const;
export type Rung = (typeof RUNGS)[number];

/** What to do about a rung that failed; the panel has a sentence for each. */
export type Advice =
  | 'correct-address'
  | 'start-bridge'
  | 'other-port'
  | 'allow-local-network'
  | 'open-firewall'
  | 'unreachable-or-untrusted'
  | 'trust-certificate'
  | 'no-self-signed-on-mac'
  | 'address-without-tls'
  | 'address-with-tls'
  | 'other-program'
  | 'web-sockets-blocked'
  | 'bridge-full'
  | 'update-panel'
  | 'update-bridge'
  | 'enter-token'
  | 'correct-token'
  | 'wait-for-model'
  | 'choose-model';

export interface RungResult {
  readonly rung: Rung;
  /** `skipped`: does not apply, as TLS to an address without it. `open`: not reached. */
  readonly status: 'passed' | 'failed' | 'skipped' | 'open';
  /** What was seen: an address, a version, an error's message. */
  readonly seen?: string;
  /** Of a failed one. */
  readonly advice?: Advice;
}

/** What answers a plain HTTP request; rejects when nothing does. */
export interface HttpProbe {
  (
    url: string,
    options: { readonly timeoutMs: number; readonly signal: CancelSignal | undefined },
  ): Promise<{
    readonly status: number;
    readonly body: string;
  }>;
}

export interface DiagnosisParts {
  readonly get: HttpProbe;
  readonly open: OpenBridge;
  readonly platform: HostFacts['platform'];
}

export interface DiagnosisRequest {
  /** As typed. */
  readonly address: string;
  readonly token: string | undefined;
  /** Name of the model that will be asked for; empty: any. */
  readonly model: string;
  readonly signal: CancelSignal;
  /** Called with all rungs after each step. */
  readonly onRung?: (rungs: readonly RungResult[]) => void;
}

type Finding = Omit<RungResult, 'rung'>;

const TIMEOUT_MS = 4000;

/**
 * Checks one step after the other, from the address to the model, and stops at the first that fails. It opens a connection of its own
 * and does not touch the panel's.
 *
 * @throws SessionError `CANCELLED`; whatever else fails is a finding
 */
export async function diagnose(parts: DiagnosisParts, request: DiagnosisRequest): Promise<readonly RungResult[]> {
  const findings = new Map<Rung, Finding>();
  const list = (): readonly RungResult[] =>
    RUNGS.map((rung) => ({ rung, ...(findings.get(rung) ?? { status: 'open' as const }) }));
  const found = (rung: Rung, finding: Finding): boolean => {
    throwIfCancelled(request.signal, SessionError);
    findings.set(rung, finding);
    request.onRung?.(list());
    return finding.status !== 'failed';
  };
  const address = checkAddress(request.address, found);
  if (address === undefined) return list();
  const answer = await checkReach(parts, address, request, found);
  if (answer === undefined) return list();
  const server = await checkHandshake(parts, address, { request, answer, found });
  if (server !== undefined) await checkModel(parts, address, { request, server, found });
  return list();
}

type OnFinding = (rung: Rung, finding: Finding) => boolean;
type ProbeAnswer = Awaited<ReturnType<HttpProbe>>;

function checkAddress(text: string, found: OnFinding): BridgeAddress | undefined {
  try {
    const address = parseBridgeAddress(text);
    found('address', { status: 'passed', seen: address.url });
    return address;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    found('address', { status: 'failed', seen: error.message, advice: 'correct-address' });
    return undefined;
  }
}

/** Rungs `reachable` and `tls`, which a failed request alone cannot tell apart: the other scheme is tried as well. */
async function checkReach(
  { get, platform }: DiagnosisParts,
  address: BridgeAddress,
  { signal }: DiagnosisRequest,
  found: OnFinding,
): Promise<ProbeAnswer | undefined> {
  const ask = (url: string): Promise<ProbeAnswer | string> =>
    get(url, { timeoutMs: TIMEOUT_MS, signal }).catch((error: unknown) => {
      if (isCancelled(error)) throw error;
      return messageOf(error);
    });
  const answer = await ask(address.healthUrl);
  if (typeof answer !== 'string') {
    found('reachable', { status: 'passed', seen: `HTTP ${answer.status}` });
    found('tls', { status: address.secure ? 'passed' : 'skipped' });
    return answer;
  }
  const other = await ask(otherScheme(address));
  const certificate = [answer, other].find((text) => typeof text === 'string' && speaksOfCertificate(text));
  if (typeof other !== 'string' || certificate !== undefined) {
    found('reachable', { status: 'passed', seen: address.host });
    const advice = tlsAdvice(address, typeof other !== 'string', platform);
    found('tls', { status: 'failed', seen: typeof certificate === 'string' ? certificate : answer, advice });
    return undefined;
  }
  const usual = `http://${authorityHost(address)}:${DEFAULT_BRIDGE_PORT}/healthz`;
  const elsewhere = address.port === DEFAULT_BRIDGE_PORT ? answer : await ask(usual);
  const advice = typeof elsewhere === 'string' ? unreachableAdvice(address, platform) : 'other-port';
  found('reachable', { status: 'failed', seen: answer, advice });
  return undefined;
}

function otherScheme({ secure, healthUrl }: BridgeAddress): string {
  return secure ? healthUrl.replace(/^https:/, 'http:') : healthUrl.replace(/^http:/, 'https:');
}

function authorityHost({ host }: BridgeAddress): string {
  return host.includes(':') ? `[${host}]` : host;
}

function speaksOfCertificate(message: string): boolean {
  return /certificate|\bcert\b|self.?signed|\btls\b|\bssl\b|untrusted/i.test(message);
}

function tlsAdvice({ secure }: BridgeAddress, otherAnswers: boolean, platform: DiagnosisParts['platform']): Advice {
  if (!secure) return 'address-with-tls';
  if (otherAnswers) return 'address-without-tls';
  return platform === 'mac' ? 'no-self-signed-on-mac' : 'trust-certificate';
}

function unreachableAdvice({ isLoopback, secure }: BridgeAddress, platform: DiagnosisParts['platform']): Advice {
  // Local network privacy does not concern this computer; a certificate that is not trusted may.
  if (secure && (isLoopback || platform !== 'mac')) return 'unreachable-or-untrusted';
  if (isLoopback) return 'start-bridge';
  return platform === 'mac' ? 'allow-local-network' : 'open-firewall';
}

/** Rungs `websocket`, `version` and `token`. */
async function checkHandshake(
  { open }: DiagnosisParts,
  address: BridgeAddress,
  { request, answer, found }: { request: DiagnosisRequest; answer: ProbeAnswer; found: OnFinding },
): Promise<ServerHello | undefined> {
  const { token, signal } = request;
  try {
    const client = await open(address, { token, signal });
    const { server } = client;
    client.close();
    found('websocket', { status: 'passed' });
    found('version', { status: 'passed', seen: `${server.server.name} ${server.server.version}` });
    found('token', { status: token === undefined ? 'skipped' : 'passed' });
    return server;
  } catch (error) {
    if (isCancelled(error) || !(error instanceof ProtocolError)) throw error;
    const seen = error.message;
    if (error.code === 'VERSION_UNSUPPORTED') {
      found('websocket', { status: 'passed' });
      found('version', { status: 'failed', seen, advice: versionAdvice(error) });
    } else if (error.code === 'UNAUTHORIZED') {
      found('websocket', { status: 'passed' });
      found('version', { status: 'passed' });
      found('token', { status: 'failed', advice: token === undefined ? 'enter-token' : 'correct-token' });
    } else {
      found('websocket', { status: 'failed', seen, advice: webSocketAdvice(error, answer) });
    }
    return undefined;
  }
}

function versionAdvice({ details: { versions } }: ProtocolError): Advice {
  return versions !== undefined && versions.client.min > versions.server.max ? 'update-bridge' : 'update-panel';
}

/** What a bridge says that has no room for another connection. */
const FULL_CODES: ReadonlySet<string> = new Set(['BUSY', 'SHUTTING_DOWN', 'TOO_MANY_CONNECTIONS']);

function webSocketAdvice(error: ProtocolError, { status, body }: ProbeAnswer): Advice {
  if (FULL_CODES.has(error.code) || error.details.httpStatus === 503) return 'bridge-full';
  const isBridge = status === 200 && isBridgeHealth(body);
  return error.code === 'NOT_A_BRIDGE' || !isBridge ? 'other-program' : 'web-sockets-blocked';
}

function isBridgeHealth(body: string): boolean {
  try {
    const json: unknown = JSON.parse(body);
    return typeof json === 'object' && json !== null && 'protocol' in json;
  } catch {
    return false;
  }
}

/** Rung `model`. */
async function checkModel(
  { get }: DiagnosisParts,
  address: BridgeAddress,
  { request, server, found }: { request: DiagnosisRequest; server: ServerHello; found: OnFinding },
): Promise<void> {
  const { model, signal } = request;
  const names = server.models.map(({ name }) => name);
  if (names.length === 0 || (model !== '' && !names.includes(model))) {
    found('model', { status: 'failed', seen: names.join(', '), advice: 'choose-model' });
    return;
  }
  const ready = await get(address.readyUrl, { timeoutMs: TIMEOUT_MS, signal });
  const seen = server.runtime.description;
  if (ready.status === 200) found('model', { status: 'passed', seen });
  else found('model', { status: 'failed', seen: `HTTP ${ready.status}`, advice: 'wait-for-model' });
}
