import type { KeyObject } from 'node:crypto';
import type { Dispatcher } from 'undici';
import type { HttpAnswer, HttpRequest } from './exchange';
import { exchange } from './exchange';
import { signRequest } from './request-signature';
import type { Turn } from './spacing';

export interface SignedExchangeOptions {
  baseUrl: string;
  clientId: string;
  keyId: string;
  privateKey: KeyObject;
  dispatcher: Dispatcher;
  clock: { now(): number };
  nonce: () => string;
  timeoutMs: number;
  turn: Turn;
}

export interface UnsignedRequest {
  method: HttpRequest['method'];
  /** Path and query below the base URL. */
  path: string;
  /** Besides those that every call has (upvest.md 1.1). */
  headers: Record<string, string>;
  body?: Buffer | undefined;
  signal?: AbortSignal | undefined;
}

/** Waits for its turn, signs and sends once. Throws the signal's reason while waiting, else ExchangeFailed. */
export type SignedExchange = (request: UnsignedRequest) => Promise<HttpAnswer>;

export function createSignedExchange(options: SignedExchangeOptions): SignedExchange {
  const base = options.baseUrl.replace(/\/+$/, '');
  return async ({ method, path, headers: own, body, signal }) => {
    // Signatures live for seconds: signed after the wait (upvest.md 2.4).
    await options.turn(signal);
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
    return exchange(
      options.dispatcher,
      { method, origin: url.origin, target, headers: { ...headers, ...signature }, body },
      { timeoutMs: options.timeoutMs, signal },
    );
  };
}
