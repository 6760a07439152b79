/** The one call of the ESW Fulfillment API that this project needs (esw-order-event.md 1). */
import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import { retryAfterMs } from '../errors';
import { describeErrorBody, readErrorBody } from './error-body';
import type { EswFailureFacts } from './errors';
import { EswRefused, EswRetry, EswUnauthorised } from './errors';
import { parseJson } from '../json';
import type { EswAnswer } from './post';
import { isTransient, post } from './post';
import { orderEventSchema } from './schemas';
import { createEswToken } from './token';

export interface EswClientOptions {
  /** `https://logistics-fulfillment-api.{environment}.eshopworld.{suffix}` (esw-order-event.md 1). */
  baseUrl: string;
  /** `https://security-sts.{environment}.eshopworld.{suffix}/connect/token` (esw-order-event.md 3). */
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  /** Space separated where there are several. */
  scope: string;
  /** Default: an Agent of its own, which `close` closes. */
  dispatcher?: Dispatcher;
  /** Default: the system's clock. */
  clock?: { now(): number };
  /** From connecting to the last byte of the answer. Default 30 s, as ESW recommends (esw-order-event.md 5). */
  timeoutMs?: number;
}

export interface OutgoingOrderEvent {
  /** The `id` within `body`; it is also sent as `Idempotency-Key`. */
  id: string;
  /** JSON, sent byte for byte as it is. */
  body: string;
  /** Workflow id, sent as `X-Correlation-ID`. */
  correlationId: string;
  /** True when these bytes may have reached ESW before. Only then a 409 means that it has them. Default false. */
  sentBefore?: boolean;
}

export interface EswClient {
  /**
   * Sends one event. `accepted` does not mean processed (esw-order-event.md 1).
   *
   * @throws EswRefused, EswRetry, EswUnauthorised, or the reason of `signal`
   */
  postOrderEvent(
    event: OutgoingOrderEvent,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<'accepted' | 'duplicate'>;
  /** Waits for running calls and closes the connections that the client made itself. */
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

/** A client with a token of its own. */
export function createEswClient(options: EswClientOptions): EswClient {
  const { dispatcher: given, clock = Date, timeoutMs = 30_000 } = options;
  const dispatcher =
    given ?? new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, maxResponseSize: MAX_ANSWER_BYTES });
  const token = createEswToken({ ...options, dispatcher, clock, timeoutMs });
  const url = `${options.baseUrl.replace(/\/+$/, '')}/v1/Events/OrderEvent`;

  async function send(event: OutgoingOrderEvent, bearer: string, signal: AbortSignal | undefined) {
    const headers = {
      accept: 'application/json',
      authorization: `Bearer ${bearer}`,
      'content-type': 'application/json',
      'idempotency-key': event.id,
      'x-correlation-id': event.correlationId,
    };
    signal?.throwIfAborted();
    try {
      return await post(dispatcher, url, headers, event.body, { timeoutMs, signal });
    } catch (cause) {
      signal?.throwIfAborted();
      const { id: eventId, correlationId } = event;
      throw new EswRetry(`No answer from ESW to ${eventId}: ${String(cause)}`, {
        cause,
        eventId,
        correlationId,
      });
    }
  }

  return {
    async postOrderEvent(event, { signal } = {}) {
      refuseWhatWeMustNotSend(event);
      let bearer = await token.current();
      let answer = await send(event, bearer, signal);
      if (answer.status === 401) {
        token.invalidate(bearer);
        bearer = await token.current();
        answer = await send(event, bearer, signal);
      }
      if (answer.ok) return 'accepted';
      if (answer.status === 409 && event.sentBefore === true) return 'duplicate';
      throw failureOf(event, answer, clock.now());
    },

    async close() {
      if (given === undefined) await dispatcher.close();
    },
  };
}

/** ESW is not known to check what it gets, and what it has taken cannot be taken back. */
function refuseWhatWeMustNotSend({ id: eventId, body, correlationId }: OutgoingOrderEvent): void {
  const parsed = orderEventSchema.safeParse(parseJson(body));
  if (parsed.success && parsed.data.id === eventId) return;
  const problems = parsed.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  const why = problems?.join('; ') ?? 'its id is another one';
  throw new EswRefused(`Event ${eventId} was not sent, as it is no valid OrderEvent: ${why}`, {
    eventId,
    correlationId,
  });
}

/** esw-order-event.md 4. */
function failureOf(
  { id: eventId, correlationId }: OutgoingOrderEvent,
  answer: EswAnswer,
  nowMs: number,
): Error {
  const { status } = answer;
  const body = readErrorBody(answer.text);
  const traceId = body.shape === 'problem' ? body.traceId : undefined;
  const message = `ESW answered ${status} to ${eventId}: ${describeErrorBody(body)}`;
  const facts: EswFailureFacts = { status, body, eventId, correlationId, traceId };
  if (isTransient(status)) {
    return new EswRetry(message, {
      ...facts,
      retryAfterMs: retryAfterMs(answer.headers['retry-after'], nowMs),
    });
  }
  return status === 401 || status === 403
    ? new EswUnauthorised(message, facts)
    : new EswRefused(message, facts);
}
