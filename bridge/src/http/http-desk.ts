import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '@evenlight/models';
import { ProtocolError, SUBPROTOCOL } from '@evenlight/protocol';
import type { AccessControl, Identity } from '../access/access-control.ts';
import { addressGroup } from '../access/remote-address.ts';
import { clientAddress } from '../access/trusted-proxies.ts';
import { bridgeVersions } from '../server/health.ts';
import type { Arrival } from '../server/http-front.ts';
import type { Lobby } from '../server/lobby.ts';
import { isLoopback } from '../server/loopback.ts';
import type { ServerSettings, SessionSettings } from '../server/server-options.ts';
import { type AccessRules, checkHost, checkOrigin, hasProxyHeaders } from '../server/upgrade-check.ts';
import type { BridgeMetrics } from '../metrics/bridge-metrics.ts';
import type { AdminDesk } from './admin-desk.ts';
import { bearerToken } from './bearer-token.ts';
import { readFixParameters } from './fix-parameters.ts';
import type { FixDesk } from './fix-desk.ts';
import { HttpError, isInternal } from './http-error.ts';
import { answerError, answerJson } from './json-answer.ts';
import { openApiDocument } from './openapi-document.ts';
import { findRoute, type PlainRoute, type Route } from './routes.ts';
import type { WebPage } from './web-page.ts';

export interface HttpDeskParts {
  readonly settings: ServerSettings;
  readonly rules: AccessRules;
  readonly access: AccessControl;
  readonly lobby: Lobby;
  readonly fixing: FixDesk;
  readonly metrics: BridgeMetrics;
  readonly admin: AdminDesk;
  readonly page: WebPage | undefined;
  readonly isReady: () => boolean;
  readonly isDraining: () => boolean;
  /** What jobs work with; there is none while models are being loaded. */
  readonly serving: () => SessionSettings | undefined;
}

/** One request on its way. */
interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly arrival: Arrival;
  readonly address: string;
}

/** Answers everything on the bridge's port that is not a WebSocket. */
export class HttpDesk {
  readonly #parts: HttpDeskParts;

  constructor(parts: HttpDeskParts) {
    this.#parts = parts;
  }

  /** Answers one request. */
  handle(request: IncomingMessage, response: ServerResponse, arrival: Arrival): void {
    const { settings, lobby, rules } = this.#parts;
    const address = clientAddress(arrival.address, request.headers, settings.trustedProxies);
    lobby.regroup(arrival.visitor, addressGroup(address));
    const visit: Visit = { request, response, arrival, address };
    response.on('error', () => undefined);
    this.#answer(visit, findRoute(request.method ?? '', request.url ?? '/', rules.pathPrefix)).catch(
      (error: unknown) => {
        this.#refuse(visit, error);
      },
    );
  }

  async #answer(visit: Visit, route: Route): Promise<void> {
    const { rules } = this.#parts;
    const { request } = visit;
    // Every page may ask for health; the rest is for our own page only.
    const isOwnMatter = route.name !== 'plain';
    const refusal =
      checkHost(request.headers, rules) ?? (isOwnMatter ? checkOrigin(request.headers, rules) : undefined);
    if (refusal !== undefined) throw new HttpError('FORBIDDEN', refusal.reason);
    switch (route.name) {
      case 'plain':
        this.#answerAnybody(visit, route.what);
        return;
      case 'page':
        this.#answerPage(visit, route.path);
        return;
      case 'metrics':
        await this.#answerMetrics(visit);
        return;
      case 'status':
        this.#answerStatus(visit, await this.#identify(visit));
        return;
      case 'fix':
        await this.#fix(visit, route);
        return;
      case 'admin-state':
        requireAdmin(await this.#identify(visit));
        answerJson(visit.response, 200, await this.#parts.admin.state());
        return;
      case 'admin-end':
        requireAdmin(await this.#identify(visit));
        this.#endConnection(visit, route.id);
        return;
      case 'not-found':
        throw new HttpError('NOT_FOUND', 'there is nothing at this address; /v1/openapi.json tells what there is');
      case 'wrong-method':
        throw new HttpError('METHOD_NOT_ALLOWED', `this address takes ${route.methods.join(', ')}`);
    }
  }

  #answerAnybody({ response }: Visit, what: PlainRoute): void {
    const { settings, isReady } = this.#parts;
    const versions = bridgeVersions(settings.version);
    if (what === 'health') answerJson(response, 200, { status: 'ok', ...versions });
    else if (what === 'ready') answerJson(response, isReady() ? 200 : 503, { ready: isReady(), ...versions });
    else answerJson(response, 200, openApiDocument(settings.version));
  }

  #answerPage({ request, response }: Visit, path: string): void {
    const { settings, page } = this.#parts;
    if (page !== undefined) page.answer(request, response, path);
    else if (path === '/') {
      const error = `WebSocket only, sub-protocol ${SUBPROTOCOL}`;
      answerJson(response, 426, { error, ...bridgeVersions(settings.version) });
    } else throw new HttpError('NOT_FOUND', 'this bridge was started without its page');
  }

  async #answerMetrics(visit: Visit): Promise<void> {
    const { settings, metrics } = this.#parts;
    const { request, response, arrival, address } = visit;
    const isLocal = isLoopback(address) && !arrival.isProxied && !hasProxyHeaders(request.headers);
    const isAllowed = settings.metrics === 'anyone' || (settings.metrics === 'local' && isLocal);
    if (settings.metrics === 'off') throw new HttpError('NOT_FOUND', 'this bridge tells no metrics');
    if (!isAllowed) requireAdmin(await this.#identify(visit));
    const text = await metrics.text();
    response.writeHead(200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' });
    response.end(request.method === 'HEAD' ? undefined : text);
  }

  #answerStatus({ response }: Visit, { user, role }: Identity): void {
    const { settings, isReady, serving } = this.#parts;
    const service = serving()?.service;
    const { maxImagePixels, maxImageSide, maxUploadBytes } = settings.limits;
    answerJson(response, 200, {
      version: settings.version,
      ready: isReady(),
      ...(user === undefined ? {} : { user }),
      role,
      models: service?.models.map(({ name, title, version }) => ({ name, title, version })) ?? [],
      queueLength: service?.queueLength ?? 0,
      limits: { maxImagePixels, maxImageSide, maxUploadBytes },
    });
  }

  async #fix(visit: Visit, { query, photoName }: Extract<Route, { name: 'fix' }>): Promise<void> {
    const { lobby, isDraining, serving, fixing } = this.#parts;
    const { request, response, arrival, address } = visit;
    const identity = await this.#identify(visit);
    const parameters = readFixParameters(query, photoName);
    const settings = serving();
    if (isDraining()) throw new ProtocolError('SHUTTING_DOWN', 'the bridge is shutting down');
    if (settings === undefined) {
      throw new ProtocolError('BUSY', 'the bridge is loading its models', { retryAfterMs: LOADING_RETRY_MS });
    }
    const onEntered = (): void => {
      // The client is known now, so a flood of strangers cannot push it out.
      lobby.leave(arrival.visitor);
      arrival.stopTimer();
    };
    await fixing.fix({ request, response, parameters, identity, address, settings, onEntered });
  }

  #endConnection({ response }: Visit, id: string): void {
    if (!this.#parts.admin.end(id)) throw new HttpError('NOT_FOUND', 'there is no connection of this id');
    answerJson(response, 200, { ended: id });
  }

  /**
   * Identifies the client. A wrong token is answered late; a missing one is not a guess, and is answered at once.
   *
   * @throws ProtocolError `UNAUTHORIZED`
   */
  async #identify({ request, address }: Visit): Promise<Identity> {
    const { access, settings } = this.#parts;
    const token = bearerToken(request.headers.authorization);
    if (token === undefined && settings.tokens !== undefined) {
      throw new ProtocolError('UNAUTHORIZED', 'a token is needed: Authorization: Bearer TOKEN');
    }
    const admission = access.admit(token, address);
    if (admission.identity !== undefined) return admission.identity;
    settings.log({ level: 'warn', event: 'wrong token', from: address, delayMs: admission.delayMs });
    await new Promise<void>((resolve) => {
      const stop = settings.clock.setTimer(resolve, admission.delayMs);
      request.socket.once('close', () => {
        stop();
        resolve();
      });
    });
    throw new ProtocolError('UNAUTHORIZED', 'the token is wrong');
  }

  #refuse({ request, response, address }: Visit, error: unknown): void {
    const { settings } = this.#parts;
    const { status, body } = answerError(request, response, error);
    const { code } = body;
    if (isInternal(error)) {
      settings.log({ level: 'error', event: 'request failed', from: address, code, reason: messageOf(error) });
    } else if (status !== 404) {
      settings.log({ level: 'warn', event: 'request refused', from: address, status, code, reason: body.message });
    }
  }
}

/** When it is worth asking a bridge again that has just been started. */
const LOADING_RETRY_MS = 5000;

function requireAdmin({ role }: Identity): void {
  if (role !== 'admin') throw new HttpError('FORBIDDEN', "an administrator's token is needed");
}
