import type { z } from 'zod';
import type { TokenCache } from '../../lib/oauth-token';
import type { HttpAnswer } from './exchange';
import { UpvestRetry } from './errors';
import { ExchangeFailed } from './exchange';
import { TurnTooLate } from './rate-limiter';
import { describeIssues, parseJson } from '../../lib/json';
import type { RequestTraits } from './outcome';
import { failureOfAnswer, failureOfBody, failureOfExchange } from './outcome';
import type { SignedExchange } from './signed-exchange';
import type { UpvestScope } from './token';
import { untilAborted } from '../../lib/timeout';

export interface UpvestCall extends RequestTraits {
  scope: UpvestScope;
  /** Serialised once; every attempt signs and sends the same bytes. */
  json?: object | undefined;
  signal?: AbortSignal | undefined;
  /** The longest wait for the rate limiter, in milliseconds. Default: no limit. */
  turnWithinMs?: number | undefined;
  /** Called before the first byte of the call is sent, and of its repetition with a new token. */
  onSend?: (() => void) | undefined;
}

export interface TransportOptions {
  send: SignedExchange;
  tokens: (scope: UpvestScope) => TokenCache;
  clock: { now(): number };
}

/** Makes calls. @throws an error of `errors.ts` for anything but a 2xx, or the reason of the caller's signal */
export interface Transport {
  /** Resolves with a 2xx answer. */
  call(call: UpvestCall): Promise<HttpAnswer>;
  /** Same as `call`, and parses the body. */
  read<T extends z.ZodType>(call: UpvestCall, schema: T): Promise<z.output<T>>;
}

export function createTransport({ send, tokens, clock }: TransportOptions): Transport {
  async function attempt(call: UpvestCall, body: Buffer | undefined, token: string): Promise<HttpAnswer> {
    const { method, path, idempotencyKey, signal, turnWithinMs, onSend } = call;
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    };
    try {
      return await send({ method, path, headers, body, signal, turnWithinMs, onSend });
    } catch (error) {
      if (error instanceof TurnTooLate)
        throw new UpvestRetry(`${method} ${path}: ${error.message}`, { retryAfterMs: error.waitMs });
      if (!(error instanceof ExchangeFailed)) throw error;
      // An aborted call throws the signal's reason, unless a POST may have been executed.
      if (method !== 'POST' || !error.maybeSent) signal?.throwIfAborted();
      throw failureOfExchange(call, error);
    }
  }

  async function call(call: UpvestCall): Promise<HttpAnswer> {
    const body = call.json === undefined ? undefined : Buffer.from(JSON.stringify(call.json), 'utf8');
    const cache = tokens(call.scope);
    let token = await untilAborted(cache.current(), call.signal);
    let answer = await attempt(call, body, token);
    if (answer.status === 401) {
      cache.invalidate(token);
      token = await untilAborted(cache.current(), call.signal);
      answer = await attempt(call, body, token);
    }
    const failure = failureOfAnswer(call, answer, clock.now());
    if (failure !== undefined) throw failure;
    return answer;
  }

  return {
    call,
    async read(request, schema) {
      const answer = await call(request);
      const parsed = schema.safeParse(parseJson(answer.text));
      if (parsed.success) return parsed.data;
      throw failureOfBody(request, answer, describeIssues(parsed.error));
    },
  };
}
