import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { TimeLimitReached, withTimeLimit } from '../time-limit';

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  origin: string;
  /** Path and query, sent as they are. */
  target: string;
  /** All headers but `host` and `connection`, under lower-case names. */
  headers: Record<string, string>;
  body?: Buffer | undefined;
}

export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Thrown when there is no complete answer. */
export class ExchangeFailed extends Error {
  constructor(
    message: string,
    /** False only where nothing of the request can have left this machine. */
    readonly perhapsSent: boolean,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

/**
 * One request, one answer, whatever its status; no retry, no redirect. `timeoutMs` covers everything from connecting to
 * the last byte.
 *
 * @throws ExchangeFailed
 */
export async function exchange(
  dispatcher: Dispatcher,
  { method, origin, target, headers, body }: HttpRequest,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<HttpAnswer> {
  try {
    return await withTimeLimit(timeoutMs, async (inTime) => {
      const response = await dispatcher.request({
        method,
        origin,
        path: target,
        headers,
        body: body ?? null,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        signal: signal ? AbortSignal.any([inTime, signal]) : inTime,
      });
      return { status: response.statusCode, headers: response.headers, text: await response.body.text() };
    });
  } catch (cause) {
    const what = cause instanceof TimeLimitReached ? `no answer within ${cause.ms} ms` : describe(cause);
    throw new ExchangeFailed(`${method} ${target}: ${what}`, !certainlyNotSent(cause), cause);
  }
}

const NEVER_SENT = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_CLOSED', 'UND_ERR_INVALID_ARG']);
// The handshake checks the server's certificate before the request is written. `ERR_SSL_*` can come later.
const CERTIFICATE_REFUSED = /^(ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** What an error of Node's or undici's may say; read by shape, since their classes are not one family. */
interface NetworkError {
  code?: unknown;
  syscall?: unknown;
  message?: unknown;
  /** Of an AggregateError: several addresses were tried. */
  errors?: unknown;
}

function certainlyNotSent(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, syscall, errors } = error as NetworkError;
  if (Array.isArray(errors) && errors.length > 0) return errors.every(certainlyNotSent);
  if (syscall === 'connect' || syscall === 'getaddrinfo') return true;
  return typeof code === 'string' && (NEVER_SENT.has(code) || CERTIFICATE_REFUSED.test(code));
}

function describe(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { code, message } = error as NetworkError;
  return [code, message].filter((word) => typeof word === 'string' && word !== '').join(' ');
}
