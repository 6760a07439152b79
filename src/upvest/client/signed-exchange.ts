import type { KeyObject } from 'node:crypto';
import type { Dispatcher } from 'undici';
import type { HttpAnswer, HttpRequest } from './exchange';
import { exchange } from './exchange';
import { signRequest } from './request-signature';
import type { AcquireSlot } from './rate-limiter';
import { clockSkewMs } from '../../partners/clock-skew';
import { operationOf, reported, type ClientReports } from '../../partners/request-report';

export interface SignedExchangeOptions extends Omit<ClientReports, 'onToken'> {
  baseUrl: string;
  clientId: string;
  keyId: string;
  privateKey: KeyObject;
  dispatcher: Dispatcher;
  clock: { now(): number };
  nonce: () => string;
  timeoutMs: number;
  acquireSlot: AcquireSlot;
}

export interface UnsignedRequest {
  method: HttpRequest['method'];
  /** Path and query below the base URL. */
  path: string;
  /** In addition to the headers of every call (references/upvest.md#headers-on-every-call). */
  headers: Record<string, string>;
  body?: Buffer | undefined;
  signal?: AbortSignal | undefined;
  /** The longest wait for the rate limiter, in milliseconds. Default: no limit. */
  turnWithinMs?: number | undefined;
  /** Called after the wait, before the first byte is sent. */
  onSend?: (() => void) | undefined;
}

/**
 * Waits for a rate-limiter slot, signs and sends once.
 *
 * @throws the signal's reason or TurnTooLate during the wait, else ExchangeFailed
 */
export type SignedExchange = (request: UnsignedRequest) => Promise<HttpAnswer>;

export function createSignedExchange(options: SignedExchangeOptions): SignedExchange {
  const base = options.baseUrl.replace(/\/+$/, '');
  return async ({ method, path, headers: own, body, signal, turnWithinMs, onSend }) => {
    // Sign after the wait, since signatures expire within seconds (references/upvest.md#signing-pitfalls).
    const waitsSince = performance.now();
    await options.acquireSlot(signal, { withinMs: turnWithinMs, isRead: method === 'GET' });
    options.onTurn?.(performance.now() - waitsSince);
    const url = new URL(base + path);
    const target = url.pathname + url.search;
    const headers = {
      accept: 'application/json',
      'upvest-api-version': '1',
      'upvest-client-id': options.clientId,
      ...own,
    };
    const signature = await signRequest(
      { method, target, headers, body },
      {
        keyId: options.keyId,
        privateKey: options.privateKey,
        now: () => options.clock.now(),
        nonce: options.nonce,
      },
    );
    signal?.throwIfAborted();
    onSend?.();
    const sentAt = options.clock.now();
    const answer = await reported(operationOf(method, url.pathname), options.onRequest, () =>
      exchange(
        options.dispatcher,
        { method, origin: url.origin, target, headers: { ...headers, ...signature }, body },
        { timeoutMs: options.timeoutMs, signal },
      ),
    );
    const skew = clockSkewMs(answer.headers, { sentAt, receivedAt: options.clock.now() });
    if (skew !== undefined) options.onClockSkew?.(skew);
    return answer;
  };
}
