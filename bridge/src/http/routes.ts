/** Questions that anybody may ask, and that need nothing looked up. */
export type PlainRoute = 'health' | 'ready' | 'openapi';

/** What a request asks for. */
export type Route =
  | { readonly name: 'plain'; readonly what: PlainRoute }
  | { readonly name: 'metrics' }
  | { readonly name: 'status' }
  | { readonly name: 'admin-state' }
  | { readonly name: 'page'; readonly path: string }
  | { readonly name: 'fix'; readonly query: URLSearchParams; readonly photoName: string | undefined }
  | { readonly name: 'admin-end'; readonly id: string }
  | { readonly name: 'wrong-method'; readonly methods: readonly string[] }
  | { readonly name: 'not-found' };

const GET = ['GET', 'HEAD'];
const FIXED_PATHS: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/', { name: 'page', path: '/' }],
  ['/healthz', { name: 'plain', what: 'health' }],
  ['/readyz', { name: 'plain', what: 'ready' }],
  ['/v1/openapi.json', { name: 'plain', what: 'openapi' }],
  ['/metrics', { name: 'metrics' }],
  ['/v1/status', { name: 'status' }],
  ['/v1/admin/state', { name: 'admin-state' }],
]);

/** The route of a request; the path may begin with the prefix, where a proxy leaves it on. */
export function findRoute(method: string, url: string, pathPrefix: string): Route {
  const mark = url.indexOf('?');
  const whole = mark === -1 ? url : url.slice(0, mark);
  const path = withoutPrefix(whole, pathPrefix);
  const fixed = FIXED_PATHS.get(path);
  if (fixed !== undefined) return only(GET, method, fixed);
  const fix = /^\/v1\/fix(?:\/([^/]*))?$/.exec(path);
  if (fix !== null) {
    const query = new URLSearchParams(mark === -1 ? '' : url.slice(mark));
    return only(['POST', 'PUT'], method, { name: 'fix', query, photoName: decoded(fix[1]) });
  }
  const id = /^\/v1\/admin\/connections\/([a-z]\d{1,15})$/.exec(path)?.[1];
  if (id !== undefined) return only(['DELETE'], method, { name: 'admin-end', id });
  if (/^\/[a-z0-9-]+\.[a-z0-9]+$/.test(path)) return only(GET, method, { name: 'page', path });
  return { name: 'not-found' };
}

function only(methods: readonly string[], method: string, route: Route): Route {
  return methods.includes(method) ? route : { name: 'wrong-method', methods };
}

function withoutPrefix(path: string, pathPrefix: string): string {
  const isUnder = pathPrefix !== '' && (path === pathPrefix || path.startsWith(`${pathPrefix}/`));
  return isUnder ? path.slice(pathPrefix.length) || '/' : path;
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    return decodeURIComponent(text).slice(0, 255);
  } catch {
    // A percent sign that means itself.
    return text.slice(0, 255);
  }
}
