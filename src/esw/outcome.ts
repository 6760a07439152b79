/** Classifies ESW's answers, and extracts what is kept of failures (references/esw.md#answers). */
import type { Refusal } from '../domain/outbox/outbox';
import { retryAfterMs } from '../lib/errors';
import type { SinkOutcome } from '../app/ports/fulfillment-sink';
import { present } from '../lib/json';
import { safeText } from '../lib/text';
import { answerMeaning, type Meaning } from '../partners/answer-meaning';
import { describeErrorBody, errorBodyKind, readErrorBody, type EswErrorBody } from './error-body';
import type { EswAnswer } from './post';
import type { Redact } from './redaction';

/** What an answer means for the event that was sent. */
export function classify(answer: EswAnswer): SinkOutcome['outcome'] {
  const meaning = meaningOfAnswer(answer);
  switch (meaning) {
    case 'success':
    // Only we use our deterministic ids, so a conflict means that ESW already has the event.
    case 'conflict':
      return 'accepted';
    case 'busy':
    case 'unavailable':
      return 'retry';
    case 'not-theirs':
      return 'unauthorised';
    case 'refused':
    case 'unauthorised':
      return meaning;
  }
}

export function meaningOfAnswer(answer: EswAnswer): Meaning {
  // What a failure that was cut off would have said is unknown.
  if (!answer.isComplete && answer.status >= 400) return 'unavailable';
  return answerMeaning('esw', answer.status, errorBodyKind(answer));
}

/** Milliseconds. A longer `Retry-After` is assumed to be a mistake. */
const LONGEST_PAUSE_MS = 24 * 60 * 60_000;

export function retryResult(
  answer: EswAnswer,
  refusal: Refusal,
  nowMs: number,
): Extract<SinkOutcome, { outcome: 'retry' }> {
  const pause = retryAfterMs(answer.headers['retry-after'], nowMs);
  return pause === undefined
    ? { outcome: 'retry', refusal }
    : { outcome: 'retry', refusal, retryAfterMs: Math.min(pause, LONGEST_PAUSE_MS) };
}

const MAX_MESSAGE = 1000;
const MAX_ID = 256;

/** What is kept of a message in workflow histories. */
export function truncate(message: string): string {
  const text = safeText(message, MAX_MESSAGE);
  return message.length > MAX_MESSAGE ? `${text}…` : text;
}

/** @param what beginning of the message, without secrets */
export function refusalOf(what: string, answer: EswAnswer, redact: Redact, sentId?: string): Refusal {
  const body = readErrorBody(redact(answer.text));
  const id = correlationIdOf(answer, body, sentId);
  // Again, because JSON may escape a secret's characters.
  const message = redact(`${what}: ${describeErrorBody(body)}`);
  return present({
    status: answer.status,
    message: truncate(message),
    correlationId: id === undefined ? undefined : safeText(redact(id), MAX_ID),
  });
}

/** Undocumented by ESW: common names of ids that its support can search for. */
const ID_HEADERS = ['x-correlation-id', 'request-id', 'x-request-id', 'traceparent'] as const;

function correlationIdOf(
  { headers }: EswAnswer,
  body: EswErrorBody,
  sentId: string | undefined,
): string | undefined {
  if (body.shape === 'problem' && body.traceId !== '') return body.traceId;
  const ids = ID_HEADERS.map((name) => [headers[name]].flat()[0]);
  // Skips our own id, echoed.
  return ids.find((id) => id !== undefined && id !== '' && id !== sentId);
}
