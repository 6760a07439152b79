/** API client. The token is kept in memory only, until the page is reloaded or closed. */

let token = '';

/** @param {string} newToken empty to sign out */
export function useToken(newToken) {
  token = newToken;
}

export function hasToken() {
  return token !== '';
}

/** A failed call: the server's problem document (RFC 9457), or no response at all. */
export class Problem extends Error {
  /** @param {{ status?: number, title: string, detail?: string, code?: string, errors?: { field: string, message: string }[] }} what */
  constructor({ status, title, detail, code, errors }) {
    super(title);
    this.status = status;
    this.detail = detail;
    this.code = code;
    this.errors = errors ?? [];
  }
}

/**
 * @param {string} path
 * @param {{ method?: string, json?: unknown, key?: string, headers?: Record<string, string>, signal?: AbortSignal }} [options]
 * @throws {Problem}
 */
export async function send(path, { method = 'GET', json, key, headers, signal } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
        ...headers,
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      ...(signal && { signal }),
      cache: 'no-store',
      credentials: 'omit',
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem({
      title: 'Server unreachable',
      detail: 'No response. Check your connection and try again.',
    });
  }
  if (!response.ok) throw await problemIn(response);
  return response;
}

/** @param {Response} response */
async function problemIn(response) {
  const { status } = response;
  const title = `The server returned ${status}`;
  try {
    const problem = await response.json();
    return new Problem({ ...problem, title: String(problem.title ?? title), status });
  } catch {
    return new Problem({ title, status });
  }
}

/** @param {string} path @param {Parameters<typeof send>[1]} [options] @throws {Problem} */
export async function read(path, options) {
  return (await send(path, options)).json();
}

/** Object URL of a response body; the caller revokes it. @param {string} path @param {AbortSignal} signal @throws {Problem} */
export async function readBlob(path, signal) {
  return URL.createObjectURL(await (await send(path, { signal })).blob());
}

/**
 * A path with escaped parts, and a query without its empty parameters.
 *
 * @param {string[]} parts
 * @param {Record<string, string | undefined>} [query]
 */
export function path(parts, query = {}) {
  const present = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(/** @type {[string, string][]} */ (present)).toString();
  const pathname = parts.map((part) => `/${encodeURIComponent(part)}`).join('');
  return search === '' ? pathname : `${pathname}?${search}`;
}

/** An idempotency key. `crypto.randomUUID` would require HTTPS. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
