/** ESW as the sink of OrderEvents: one call of its Fulfillment API (references/esw.md#request). */
import { Agent, type Dispatcher } from 'undici';
import type { SinkOutcome, FulfillmentSink, OutgoingOrderEvent } from '../app/ports/fulfillment-sink';
import { untilAborted } from '../lib/timeout';
import { EswNoAnswer, EswNoToken } from './errors';
import { classify, meaningOfAnswer, refusalOf, retryResult } from './outcome';
import { post, type EswAnswer } from './post';
import { createRedaction } from './redaction';
import { createEswToken } from './token';
import { createCircuit, type CircuitChange } from './circuit';
import { reported, type ClientReports } from '../partners/request-report';

export interface EswClientOptions extends Omit<ClientReports, 'onTurn'> {
  /** `https://logistics-fulfillment-api.{environment}.eshopworld.{suffix}` (references/esw.md#request). */
  baseUrl: string;
  /** `https://security-sts.{environment}.eshopworld.{suffix}/connect/token` (references/esw.md#authentication). */
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  /** Several scopes are separated by spaces. */
  scope: string;
  /** Default: a new Agent, which `close` closes. */
  dispatcher?: Dispatcher;
  /** Default: the system clock. */
  clock?: { now(): number };
  /**
   * Time limit of one request, from connecting to the last byte of the answer, without the wait for a permit. Default
   * 30 s, as ESW recommends (references/esw.md#limits).
   */
  timeoutMs?: number;
  /** Maximum number of concurrent requests. Default 64: ESW documents no limit (references/esw.md#limits). */
  maxInFlight?: number;
  /** Called once for each undocumented 2xx status (all but 200, references/esw.md#answers). */
  onUndocumentedSuccess?: (status: number) => void;
  /** Called when this process stops sending because ESW takes nothing, and when it goes on. */
  onCircuitChange?: (change: CircuitChange) => void;
}

/**
 * A delivery takes at most two requests: after a 401, one retry with a new token. `accepted` does not mean processed
 * (references/esw.md#request).
 */
export interface EswClient extends FulfillmentSink {
  /** Waits for running requests and closes the client's own connections. */
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Creates a client with its own token and circuit. */
export function createEswClient(options: EswClientOptions): EswClient {
  const { dispatcher: given, clock = Date, timeoutMs = 30_000, maxInFlight = 64, clientSecret } = options;
  const dispatcher =
    given ?? new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, maxResponseSize: MAX_ANSWER_BYTES });
  const token = createEswToken({
    ...options,
    dispatcher,
    clock,
    timeoutMs,
    redact: createRedaction(clientSecret),
  });
  const circuit = createCircuit({ maxInFlight, clock, onChange: options.onCircuitChange });
  const undocumentedStatuses = new Set<number>();
  const url = `${options.baseUrl.replace(/\/+$/, '')}/v1/Events/OrderEvent`;

  async function exchange(event: OutgoingOrderEvent, signal: AbortSignal | undefined): Promise<SinkOutcome> {
    // Header values are ASCII; ids may not be.
    const correlationId = event.correlationId.replace(/[^ -~]/g, '?');
    const send = (bearer: string): Promise<EswAnswer> => {
      const headers = {
        accept: 'application/json',
        authorization: `Bearer ${bearer}`,
        'content-type': 'application/json',
        'idempotency-key': event.id,
        'x-correlation-id': correlationId,
      };
      return reported('POST OrderEvent', options.onRequest, () =>
        post(dispatcher, url, headers, event.body, { timeoutMs, signal }),
      );
    };

    let bearer = await untilAborted(token.current(), signal);
    let answer = await send(bearer);
    if (answer.status === 401) {
      token.invalidate(bearer);
      bearer = await untilAborted(token.current(), signal);
      answer = await send(bearer);
    }
    const outcome = classify(answer);
    if (outcome === 'accepted') {
      const isUndocumented = answer.status > 200 && answer.status < 300;
      if (isUndocumented && !undocumentedStatuses.has(answer.status)) {
        undocumentedStatuses.add(answer.status);
        options.onUndocumentedSuccess?.(answer.status);
      }
      const isUnexpected = answer.status === 409 && !event.sentBefore;
      return isUnexpected ? { outcome, isUnexpected } : { outcome };
    }
    const what =
      meaningOfAnswer(answer) === 'not-theirs'
        ? `ESW’s address answered ${answer.status} to ${event.id}, not as ESW does`
        : `ESW answered ${answer.status} to ${event.id}`;
    const refusal = refusalOf(what, answer, createRedaction(clientSecret, bearer), correlationId);
    return outcome === 'retry' ? retryResult(answer, refusal, clock.now()) : { outcome, refusal };
  }

  async function outcomeOf(event: OutgoingOrderEvent, signal: AbortSignal | undefined): Promise<SinkOutcome> {
    try {
      return await exchange(event, signal);
    } catch (error) {
      if (error instanceof EswNoToken) return error.delivery;
      if (!(error instanceof EswNoAnswer)) throw error;
      const message = `No answer from ESW to ${event.id}: ${error.message}`;
      return { outcome: 'retry', refusal: { message } };
    }
  }

  return {
    async deliver(event, { signal } = {}) {
      return circuit(event.id, () => outcomeOf(event, signal), signal);
    },

    async close() {
      if (given === undefined) await dispatcher.close();
    },
  };
}
