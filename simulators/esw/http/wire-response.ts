import { randomBytes } from 'node:crypto';
import type { SuccessBody } from '../options';

/** An HTTP response as sent. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** An empty string means no body and no content type. */
  readonly body: string;
}

/**
 * Validation errors per member; keys are PascalCase paths such as `LineItems[0].Id` (references/esw.md#answers, shape
 * 1).
 */
export type MemberErrors = Record<string, string[]>;

/** 200 for an accepted event; ESW documents no body (references/esw.md#answers). */
export function accepted(successBody: SuccessBody): WireResponse {
  return successBody === 'empty' ? bodiless(200) : json(200, {});
}

/** A response without a body, as gateways send for 401, 403 and 503 (shape 5). */
export function bodiless(status: number, headers: Record<string, string> = {}): WireResponse {
  return { status, headers, body: '' };
}

/** 401 for a missing, malformed or expired token. */
export function unauthorized(): WireResponse {
  return bodiless(401, { 'www-authenticate': 'Bearer' });
}

/** 400 in shape 1: problem details with an error map. */
export function validationProblem(errors: MemberErrors): WireResponse {
  return problem(
    400,
    'One or more validation errors occurred.',
    'Validation failed for one or more fields.',
    errors,
  );
}

/** 409 in shape 1: the id is known with a different body. */
export function conflictProblem(): WireResponse {
  const errors = { Id: ['An event with this Id and a different body was already accepted.'] };
  return problem(409, 'Conflict', 'The event conflicts with an already accepted one.', errors);
}

/** 422 in shape 1; undocumented by ESW, but clients must handle it. */
export function unprocessable(errors: MemberErrors): WireResponse {
  return problem(422, 'Unprocessable Content', 'The event cannot be processed.', errors);
}

/** 429; `retryAfter` is the header value. */
export function tooManyRequests(retryAfter: string): WireResponse {
  return bodiless(429, { 'retry-after': retryAfter });
}

/** 503 without a body; `retryAfter` is the optional header value. */
export function serviceUnavailable(retryAfter?: string): WireResponse {
  return bodiless(503, retryAfter === undefined ? {} : { 'retry-after': retryAfter });
}

/** 500 of ESW's shared error middleware (shape 3). */
export function internalError(): WireResponse {
  return json(500, { Message: 'An unexpected error occurred. Please try again later.' });
}

/** 502 with the HTML page of a gateway (shape 5). */
export function badGateway(): WireResponse {
  return gatewayPage(502, '502 Bad Gateway');
}

/** The HTML page of a gateway that answers in place of the service. */
export function gatewayPage(
  status: number,
  title: string,
  headers: Record<string, string> = {},
): WireResponse {
  const body = `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\r\n`;
  return { status, headers: { 'content-type': 'text/html', ...headers }, body };
}

/** A JSON response. */
export function json(status: number, value: object, headers: Record<string, string> = {}): WireResponse {
  const contentType = { 'content-type': 'application/json; charset=utf-8' };
  return { status, headers: { ...contentType, ...headers }, body: JSON.stringify(value) };
}

function problem(status: number, title: string, detail: string, errors: MemberErrors): WireResponse {
  const traceId = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
  const value = { type: `https://httpstatuses.com/${status}`, title, status, detail, errors, traceId };
  return json(status, value, { 'content-type': 'application/problem+json; charset=utf-8' });
}
