/** ESW as the sink of OrderEvents: the one call of its Fulfillment API that this project needs (esw-order-event.md 1). */
import { Agent, type Dispatcher } from 'undici';
import type { Delivery, FulfillmentSink, OutgoingOrderEvent } from '../fulfillment-sink';
import { untilAborted } from '../until-aborted';
import { EswNoAnswer, EswNoToken } from './errors';
import { reasonNotToSend } from './order-event';
import { bounded, laterOf, meaningOf, refusalOf } from './outcome';
import { post, type EswAnswer } from './post';
import { hiding } from './secrets';
import { createEswToken } from './token';
import { createTurns } from './turns';

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
  /**
   * Of one request, from connecting to the last byte of the answer; the wait for a turn is not part of it. Default 30 s,
   * as ESW recommends (esw-order-event.md 5).
   */
  timeoutMs?: number;
  /** How many events are on their way at a time; the others wait. Default 5: ESW names no limit (esw-order-event.md 5). */
  maxInFlight?: number;
  /** Told once of each status of success that ESW does not document (all but 200, esw-order-event.md 4). */
  onOddSuccess?: (status: number) => void;
}

/**
 * Every delivery is at most two requests: ESW's first 401 to a token is answered with a new one. `accepted` does not mean
 * processed (esw-order-event.md 1).
 */
export interface EswClient extends FulfillmentSink {
  /** Waits for running requests and closes the connections that the client made itself. */
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

/** A client with a token and turns of its own. */
export function createEswClient(options: EswClientOptions): EswClient {
  const { dispatcher: given, clock = Date, timeoutMs = 30_000, maxInFlight = 5, clientSecret } = options;
  const dispatcher =
    given ?? new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, maxResponseSize: MAX_ANSWER_BYTES });
  const token = createEswToken({ ...options, dispatcher, clock, timeoutMs, hide: hiding(clientSecret) });
  const inTurn = createTurns(maxInFlight);
  const oddSuccesses = new Set<number>();
  const url = `${options.baseUrl.replace(/\/+$/, '')}/v1/Events/OrderEvent`;

  async function exchange(event: OutgoingOrderEvent, signal: AbortSignal | undefined): Promise<Delivery> {
    // Header values are ASCII, and nobody promises that of ids.
    const correlationId = event.correlationId.replace(/[^ -~]/g, '?');
    const send = (bearer: string): Promise<EswAnswer> => {
      const headers = {
        accept: 'application/json',
        authorization: `Bearer ${bearer}`,
        'content-type': 'application/json',
        'idempotency-key': event.id,
        'x-correlation-id': correlationId,
      };
      return post(dispatcher, url, headers, event.body, { timeoutMs, signal });
    };

    let bearer = await untilAborted(token.current(), signal);
    let answer = await send(bearer);
    if (answer.status === 401) {
      token.invalidate(bearer);
      bearer = await untilAborted(token.current(), signal);
      answer = await send(bearer);
    }
    const outcome = meaningOf(answer.status, event.sentBefore);
    if (outcome === 'accepted') {
      if (answer.ok && answer.status !== 200 && !oddSuccesses.has(answer.status)) {
        oddSuccesses.add(answer.status);
        options.onOddSuccess?.(answer.status);
      }
      return { outcome };
    }
    const what = `ESW answered ${answer.status} to ${event.id}`;
    const refusal = refusalOf(what, answer, hiding(clientSecret, bearer), correlationId);
    return outcome === 'retry' ? laterOf(answer, refusal, clock.now()) : { outcome, refusal };
  }

  return {
    async deliver(event, { signal } = {}) {
      // ESW is not known to check what it gets, and what it has taken cannot be taken back.
      const reason = reasonNotToSend(event.id, event.body);
      if (reason !== undefined) {
        const message = `Event ${event.id} was not sent, as it is no OrderEvent of ours: ${reason}`;
        return { outcome: 'refused', refusal: { message: bounded(message) } };
      }
      try {
        return await inTurn(() => exchange(event, signal), signal);
      } catch (error) {
        if (error instanceof EswNoToken) return error.delivery;
        if (!(error instanceof EswNoAnswer)) throw error;
        return {
          outcome: 'retry',
          refusal: { message: `No answer from ESW to ${event.id}: ${error.message}` },
        };
      }
    },

    async close() {
      if (given === undefined) await dispatcher.close();
    },
  };
}
