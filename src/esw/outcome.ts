/** What ESW's answers mean, and what is kept of those that are no success (esw-order-event.md 4). */
import type { Refusal } from '../domain/emission';
import { retryAfterMs } from '../errors';
import type { Delivery } from '../fulfillment-sink';
import { present } from '../json';
import { describeErrorBody, readErrorBody, type EswErrorBody } from './error-body';
import type { EswAnswer } from './post';
import type { Hide } from './secrets';

/** What becomes of an event by the status of the answer alone. */
export function meaningOf(status: number, sentBefore: boolean): Delivery['outcome'] {
  if (status >= 200 && status < 300) return 'accepted';
  if (isTransient(status)) return 'retry';
  // A conflict with ourselves: ESW has the event from an earlier delivery.
  if (status === 409) return sentBefore ? 'accepted' : 'refused';
  // 404 and 405 speak of the address, not of the event: every event would get them.
  return [401, 403, 404, 405].includes(status) ? 'unauthorised' : 'refused';
}

/** Statuses after which the same bytes are worth sending again. */
export function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** ESW's own limit for patience is unknown; a longer pause than a day is a mistake of somebody's. */
const LONGEST_PAUSE_MS = 24 * 60 * 60_000;

export function laterOf(
  answer: EswAnswer,
  refusal: Refusal,
  nowMs: number,
): Extract<Delivery, { outcome: 'retry' }> {
  const pause = retryAfterMs(answer.headers['retry-after'], nowMs);
  return pause === undefined
    ? { outcome: 'retry', refusal }
    : { outcome: 'retry', refusal, retryAfterMs: Math.min(pause, LONGEST_PAUSE_MS) };
}

const MAX_MESSAGE = 1000;
const MAX_ID = 256;

/** Refusals are kept in workflows' histories, and answers may be a megabyte. */
export function bounded(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
}

/** @param what begins the sentence, and has no secrets */
export function refusalOf(what: string, answer: EswAnswer, hide: Hide, sentId?: string): Refusal {
  const body = readErrorBody(hide(answer.text));
  const id = correlationIdOf(answer, body, sentId);
  // Once more: JSON may spell a secret in other letters.
  const message = hide(`${what}: ${describeErrorBody(body)}`);
  return present({
    status: answer.status,
    message: bounded(message),
    correlationId: id === undefined ? undefined : hide(id).slice(0, MAX_ID),
  });
}

/** ESW documents none of these; they are the usual names of what its support can search for. */
const ID_HEADERS = ['x-correlation-id', 'request-id', 'x-request-id', 'traceparent'];

function correlationIdOf(
  { headers }: EswAnswer,
  body: EswErrorBody,
  sentId: string | undefined,
): string | undefined {
  if (body.shape === 'problem' && body.traceId !== '') return body.traceId;
  const ids = ID_HEADERS.map((name) => [headers[name]].flat()[0]);
  // Our own id, echoed, says nothing that we did not know.
  return ids.find((id) => id !== undefined && id !== '' && id !== sentId);
}
