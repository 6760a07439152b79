/**
 * What an answer over HTTP means, by its status, its body and the partner that was called. Only a partner's own word about
 * one request counts as a rejection of that request. Whatever a proxy, firewall or load balancer says in its place is a fault of
 * the deployment: it concerns every request, and ends when an operator fixes it (references/upvest.md#errors,
 * references/esw.md#answers).
 */
import type { BodyKind } from './answer-body';

export type Partner = 'upvest' | 'esw';

export type Meaning =
  | 'success'
  /** The partner's own word about this one request: repeating it changes nothing. */
  | 'refused'
  /** The partner's own word: it has the object in another state already, or handles the same request now. */
  | 'conflict'
  /** Not now, and certainly without an effect. */
  | 'busy'
  /** A failure that passes. Whether the request had an effect is unknown. */
  | 'unavailable'
  /** The partner rejects every request of this deployment: credentials, rights or address are wrong. */
  | 'unauthorised'
  /** The partner did not write this answer. */
  | 'not-theirs';

interface Row {
  /** A status, or all of a class that no other row has: `3xx`. */
  statuses: readonly (number | `${2 | 3 | 4 | 5}xx`)[];
  /** Absent: any. */
  bodies?: readonly BodyKind[];
  upvest: Meaning;
  esw: Meaning;
}

/** The first row that matches counts. */
const MEANINGS: readonly Row[] = [
  { statuses: ['2xx'], bodies: ['empty', 'json'], upvest: 'success', esw: 'success' },
  // Upvest's objects have a `type`, as its errors do. A body that says what failed is no acceptance by ESW.
  { statuses: ['2xx'], bodies: ['own'], upvest: 'success', esw: 'not-theirs' },
  { statuses: ['2xx', '3xx'], upvest: 'not-theirs', esw: 'not-theirs' },
  // With these, the server that answers did not process the request (RFC 6585 section 4, RFC 8470 section 5.2).
  { statuses: [425, 429], upvest: 'busy', esw: 'busy' },
  { statuses: [408, '5xx'], upvest: 'unavailable', esw: 'unavailable' },
  { statuses: ['4xx'], bodies: ['foreign'], upvest: 'not-theirs', esw: 'not-theirs' },
  { statuses: [401, 403], upvest: 'unauthorised', esw: 'unauthorised' },
  { statuses: [400, 413, 422], bodies: ['own'], upvest: 'refused', esw: 'refused' },
  // ESW has one address, so that its 404 concerns every event.
  { statuses: [404], bodies: ['own'], upvest: 'refused', esw: 'unauthorised' },
  { statuses: [404, 405], bodies: ['empty', 'json'], upvest: 'not-theirs', esw: 'unauthorised' },
  { statuses: [409], bodies: ['own'], upvest: 'conflict', esw: 'conflict' },
  // ESW documents no 409, hence no body of one either.
  { statuses: [409], bodies: ['empty', 'json'], upvest: 'not-theirs', esw: 'conflict' },
  // Methods and headers are the same in every request, and so is the answer.
  { statuses: ['4xx'], bodies: ['own'], upvest: 'unauthorised', esw: 'unauthorised' },
  { statuses: ['4xx'], upvest: 'not-theirs', esw: 'not-theirs' },
];

export function answerMeaning(partner: Partner, status: number, body: BodyKind): Meaning {
  const row = MEANINGS.find(
    ({ statuses, bodies }) => statuses.some((one) => covers(one, status)) && (bodies?.includes(body) ?? true),
  );
  return row?.[partner] ?? 'not-theirs';
}

function covers(one: number | string, status: number): boolean {
  return typeof one === 'number' ? one === status : one.startsWith(String(Math.floor(status / 100)));
}
