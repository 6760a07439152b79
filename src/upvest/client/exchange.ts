import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { TimeLimitReached, withTimeLimit } from '../../lib/timeout';

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  origin: string;
  /** Path and query, sent unchanged. */
  target: string;
  /** All headers except `host` and `connection`, with lower-case names. */
  headers: Record<string, string>;
  body?: Buffer | undefined;
}

export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Thrown when no complete answer arrives. */
export class ExchangeFailed extends Error {
  constructor(
    message: string,
    /** False only if certainly no part of the request left this machine. */
    readonly maybeSent: boolean,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

/**
 * Sends one request and returns the answer with any status, without retries or redirects. `timeoutMs` covers everything from
 * connecting to the last byte.
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
// The TLS handshake checks the certificate before the request is written. `ERR_SSL_*` can occur later.
const CERTIFICATE_REFUSED = /^(ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** Shape of errors of Node and undici, which have no common class. */
interface NetworkError {
  code?: unknown;
  syscall?: unknown;
  message?: unknown;
  /** The errors of an AggregateError, after attempts at several addresses. */
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
  return [code, message].filter((part) => typeof part === 'string' && part !== '').join(' ');
}
