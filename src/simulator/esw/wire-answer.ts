import { randomBytes } from 'node:crypto';
import type { SuccessBody } from './options';

/** One HTTP answer as it goes onto the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** An empty string is an empty body without content type. */
  readonly body: string;
}

/** Faults per member: keys are PascalCase paths such as `LineItems[0].Id` (esw-order-event.md 4, shape 1). */
export type MemberErrors = Record<string, string[]>;

/** 200: the event is taken; ESW documents no body (esw-order-event.md 4). */
export function accepted(successBody: SuccessBody): WireAnswer {
  return successBody === 'empty' ? bodiless(200) : json(200, {});
}

/** A body-less answer, as gateways give for 401, 403 and 503 (shape 5). */
export function bodiless(status: number, headers: Record<string, string> = {}): WireAnswer {
  return { status, headers, body: '' };
}

/** 401 for a missing, garbled or expired token. */
export function unauthorized(): WireAnswer {
  return bodiless(401, { 'www-authenticate': 'Bearer' });
}

/** 400 in shape 1: problem details with an error map. */
export function validationProblem(errors: MemberErrors): WireAnswer {
  return problem(
    400,
    'One or more validation errors occurred.',
    'Validation failed for one or more fields.',
    errors,
  );
}

/** 409 in shape 1: the id is known with another body. */
export function conflictProblem(): WireAnswer {
  const errors = { Id: ['An event with this Id and a different body was accepted before.'] };
  return problem(409, 'Conflict', 'The event contradicts one that was accepted before.', errors);
}

/** 422 in shape 1; ESW documents none, and a client must know what to do all the same. */
export function unprocessable(errors: MemberErrors): WireAnswer {
  return problem(422, 'Unprocessable Content', 'The event cannot be processed.', errors);
}

/** 429; `retryAfter` is the header's value. */
export function tooManyRequests(retryAfter: string): WireAnswer {
  return bodiless(429, { 'retry-after': retryAfter });
}

/** 503 without a body; `retryAfter` is the header's value, if there shall be one. */
export function serviceUnavailable(retryAfter?: string): WireAnswer {
  return bodiless(503, retryAfter === undefined ? {} : { 'retry-after': retryAfter });
}

/** 500 of ESW's shared error middleware (shape 3). */
export function internalError(): WireAnswer {
  return json(500, { Message: 'An unexpected error occurred. Please try again later.' });
}

/** 502 with the HTML page of a gateway (shape 5). */
export function badGateway(): WireAnswer {
  const body =
    '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\r\n';
  return { status: 502, headers: { 'content-type': 'text/html' }, body };
}

/** A JSON answer. */
export function json(status: number, value: object, headers: Record<string, string> = {}): WireAnswer {
  const contentType = { 'content-type': 'application/json; charset=utf-8' };
  return { status, headers: { ...contentType, ...headers }, body: JSON.stringify(value) };
}

function problem(status: number, title: string, detail: string, errors: MemberErrors): WireAnswer {
  const traceId = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
  const value = { type: `https://httpstatuses.com/${status}`, title, status, detail, errors, traceId };
  return json(status, value, { 'content-type': 'application/problem+json; charset=utf-8' });
}
