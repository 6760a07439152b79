import { z } from 'zod';
import { CountedQueue } from './counted-queue';

/** Longer than the timeout of 30 s that ESW recommends to clients (references/esw.md#limits). */
export const defaultDelayMs = 35_000;

/** The longest delay of a timer in Node.js. */
export const maxDelayMs = 2 ** 31 - 1;

const matchSchema = z.strictObject({
  status: z.string().optional(),
  reference: z.string().optional(),
  parent: z.string().optional(),
  id: z.string().optional(),
  transactionType: z.string().optional(),
});

/** Kinds of faults; see `FaultKind`. */
const faultKinds = [
  'maintenance',
  '301',
  '307',
  'gateway-400',
  'gateway-403',
  '400',
  '401',
  '403',
  '404',
  '407',
  '408',
  '409',
  '413',
  '422',
  '425',
  '429',
  '500',
  '502',
  '503',
  '504',
  'delay',
  'accept-then-drop',
  'reset',
] as const;

/** The fault as accepted by the control plane. */
export const faultSchema = z.strictObject({
  kind: z.enum(faultKinds),
  count: z.int().positive().default(1),
  match: matchSchema.optional(),
  retryAfterSeconds: z.int().nonnegative().optional(),
  retryAfterForm: z.enum(['seconds', 'date']).default('seconds'),
  delayMs: z.int().nonnegative().max(maxDelayMs).default(defaultDelayMs),
});

/**
 * - `maintenance` (200), `301`, `307`, `gateway-400`, `gateway-403`, `407`: HTML of a gateway, which does not ask the
 *   service.
 * - `400`, `409`, `422` shape 1; `401` with `WWW-Authenticate`; `403`, `404`, `408`, `413`, `425`, `504` without a body; `429`
 *   with `Retry-After` (default 1 s); `500` shape 3; `502` HTML; `503` empty (`Retry-After` only if given): sent instead
 *   of handling the request.
 * - `delay`: handled immediately, but the response is delayed by `delayMs` (default 35 s).
 * - `accept-then-drop`: handled immediately, then the connection closes without a response.
 * - `reset`: the connection is reset before the event is handled.
 */
export type FaultKind = (typeof faultKinds)[number];

/** Requests affected by a fault: those whose body matches all given members. Without a match: the next ones. */
export interface FaultMatch {
  /** `status` of the event, exactly. */
  status?: string | undefined;
  /** `brandOrderReference`, exactly. */
  reference?: string | undefined;
  /** `parentBrandOrderReference`, exactly: the events of an order's children. */
  parent?: string | undefined;
  /** `id`, case-insensitive. */
  id?: string | undefined;
  /** `lastTransaction.type`, exactly. */
  transactionType?: string | undefined;
}

/** A fault to inject into `POST /v1/Events/OrderEvent`. */
export interface FaultSpec {
  kind: FaultKind;
  /** Number of affected requests. @default 1 */
  count?: number | undefined;
  match?: FaultMatch | undefined;
  /** For 429 and 503. */
  retryAfterSeconds?: number | undefined;
  /** Form of `Retry-After`: seconds, or an HTTP date that many seconds ahead. @default 'seconds' */
  retryAfterForm?: 'seconds' | 'date' | undefined;
  /** For `delay`. @default 35000 */
  delayMs?: number | undefined;
}

/** An armed fault; `count` is the number of requests left. */
export type ArmedFault = z.output<typeof faultSchema>;

/** Armed faults, used in the order they were added. */
export class FaultQueue {
  private readonly armed = new CountedQueue<ArmedFault>();

  /** @throws ZodError for an invalid fault. */
  add(spec: FaultSpec): void {
    this.armed.add(faultSchema.parse(spec));
  }

  /** Takes the fault for a request whose body is still unread: the oldest, unless it has a match. */
  takeBeforeBody(): ArmedFault | undefined {
    return this.armed.peek()?.match === undefined ? this.armed.take() : undefined;
  }

  /** Takes the fault for an event: the oldest that matches. */
  takeFor(facts: FaultMatch): ArmedFault | undefined {
    return this.armed.take(({ match }) => match === undefined || matches(match, facts));
  }

  /** Armed faults with the number of requests left. */
  list(): ArmedFault[] {
    return this.armed.list();
  }

  clear(): void {
    this.armed.clear();
  }
}

function matches(match: FaultMatch, facts: FaultMatch): boolean {
  const exact = ['status', 'reference', 'parent', 'transactionType'] as const;
  return (
    exact.every((name) => match[name] === undefined || match[name] === facts[name]) &&
    (match.id === undefined || match.id.toLowerCase() === facts.id?.toLowerCase())
  );
}
