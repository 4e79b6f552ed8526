import type { RestorationWish } from '@evenlight/models';
import * as z from 'zod/mini';
import { PageError } from './page-error.ts';
import { sessionToken } from './session-token.ts';

const model = z.object({ name: z.string(), title: z.string(), version: z.string() });

const status = z.object({
  version: z.string(),
  ready: z.boolean(),
  user: z.optional(z.string()),
  role: z.enum(['user', 'admin']),
  models: z.array(model),
});

/** Who is asking, and what the bridge offers. */
export type BridgeStatus = z.infer<typeof status>;

const adminState = z.object({
  connections: z.number(),
  users: z.number(),
  jobs: z.number(),
  queueLength: z.number(),
  devices: z.array(z.object({ isUp: z.boolean(), isFree: z.boolean(), restarts: z.number() })),
  memory: z.array(z.object({ process: z.string(), peakBytes: z.number() })),
  clients: z.array(
    z.object({
      id: z.string(),
      user: z.optional(z.string()),
      address: z.string(),
      client: z.string(),
      jobs: z.number(),
      seconds: z.number(),
    }),
  ),
  errors: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
});

/** What administrators see. */
export type AdminState = z.infer<typeof adminState>;

export interface FixWish {
  /** 0..1.5 */
  readonly strength: number;
  readonly evBias: number;
  /** Whether the noise that the correction makes visible is cleaned. Default: off. */
  readonly restore?: RestorationWish;
  readonly format: 'keep' | 'jpeg';
}

/** The page's own folder: a proxy may serve the bridge under a path. */
export const BASE = new URL('./', location.href);

export async function fetchStatus(): Promise<BridgeStatus> {
  return status.parse(await fetchJson('v1/status'));
}

export async function fetchAdminState(): Promise<AdminState> {
  return adminState.parse(await fetchJson('v1/admin/state'));
}

export async function endConnection(id: string): Promise<void> {
  await answerOf(`v1/admin/connections/${id}`, { method: 'DELETE' });
}

function restorationText(wish: RestorationWish): string {
  if (typeof wish === 'string') return wish;
  const amounts = typeof wish === 'number' ? [wish] : [wish.luminance, wish.color];
  return amounts.map((amount) => Math.round(amount * 100)).join();
}

/** Lets the bridge read, fix and write a photograph. */
export async function fixOverHttp(
  file: File,
  { strength, evBias, restore = 'off', format }: FixWish,
  signal: AbortSignal,
): Promise<Blob> {
  const query = new URLSearchParams({
    strength: String(Math.round(strength * 100)),
    ev: String(evBias),
    // An older bridge does not know the parameter.
    ...(restore === 'off' ? {} : { restore: restorationText(restore) }),
    format,
    ...(format === 'jpeg' ? { quality: '92' } : {}),
  });
  const path = `v1/fix/${encodeURIComponent(file.name)}?${query.toString()}`;
  const response = await answerOf(path, { method: 'POST', body: file, signal });
  return response.blob();
}

async function fetchJson(path: string): Promise<unknown> {
  return (await answerOf(path, {})).json();
}

async function answerOf(path: string, init: RequestInit): Promise<Response> {
  const token = sessionToken.get();
  const headers: HeadersInit = token === undefined ? {} : { Authorization: `Bearer ${utf8AsLatin1(token)}` };
  let response: Response;
  try {
    response = await fetch(new URL(path, BASE), { ...init, headers, cache: 'no-store', credentials: 'omit' });
  } catch (error) {
    init.signal?.throwIfAborted();
    throw new PageError('UNREACHABLE', String(error), { retriable: true });
  }
  if (response.ok) return response;
  throw errorFrom(await response.json().catch(() => undefined), response.status);
}

const refusal = z.object({
  code: z.string(),
  message: z.string(),
  retriable: z.boolean(),
  retryAfterMs: z.optional(z.number()),
});

/** A proxy in front of the bridge may answer without JSON. */
function errorFrom(body: unknown, status: number): PageError {
  const { data } = refusal.safeParse(body);
  if (data === undefined) return new PageError('UNREACHABLE', `HTTP ${status}`, { retriable: status >= 502 });
  const { code, message, retriable, retryAfterMs } = data;
  return new PageError(code, message, { retriable, retryAfterMs });
}

/** Headers can hold Latin-1 only; the bridge reads their bytes as UTF-8. */
function utf8AsLatin1(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
