/** The calls of the API. The token is kept here, in memory, and is gone with the page. */

let token = '';

/** @param {string} given */
export function useToken(given) {
  token = given;
}

export function hasToken() {
  return token !== '';
}

/** An answer that is not what was asked for: a problem document (RFC 9457), or none at all. */
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
    throw new Problem({ title: 'The server cannot be reached', detail: 'Nothing has answered. Try again.' });
  }
  if (!response.ok) throw await problemIn(response);
  return response;
}

/** @param {Response} response */
async function problemIn(response) {
  const { status } = response;
  const title = `The server answered ${status}`;
  try {
    const told = await response.json();
    return new Problem({ ...told, title: String(told.title ?? title), status });
  } catch {
    return new Problem({ title, status });
  }
}

/** @param {string} path @param {Parameters<typeof send>[1]} [options] @throws {Problem} */
export async function read(path, options) {
  return (await send(path, options)).json();
}

/** The address of an answer's bytes; to be revoked. @param {string} path @param {AbortSignal} signal @throws {Problem} */
export async function readBlob(path, signal) {
  return URL.createObjectURL(await (await send(path, { signal })).blob());
}

/**
 * A path whose parts are escaped, with a query that leaves out what is empty.
 *
 * @param {string[]} parts
 * @param {Record<string, string | undefined>} [query]
 */
export function path(parts, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(/** @type {[string, string][]} */ (given)).toString();
  const way = parts.map((part) => `/${encodeURIComponent(part)}`).join('');
  return search === '' ? way : `${way}?${search}`;
}

/** Names one decision; also where the page was not loaded over HTTPS, which `crypto.randomUUID` asks for. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
