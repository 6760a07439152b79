import { z } from 'zod';
import { CountedQueue } from './counted-queue';

/** Beyond the 30 s that every ESW client is told to wait (esw-order-event.md 5). */
export const defaultDelayMs = 35_000;

/** The longest delay that a timer takes. */
export const longestDelayMs = 2 ** 31 - 1;

const matchSchema = z.strictObject({
  status: z.string().optional(),
  reference: z.string().optional(),
  parent: z.string().optional(),
  id: z.string().optional(),
  transactionType: z.string().optional(),
});

/** What a fault may do; `FaultKind` says what each means. */
const faultKinds = [
  '400',
  '401',
  '403',
  '404',
  '408',
  '409',
  '413',
  '422',
  '429',
  '500',
  '502',
  '503',
  '504',
  'delay',
  'accept-then-drop',
  'reset',
] as const;

/** The fault as the control plane takes it. */
export const faultSchema = z.strictObject({
  kind: z.enum(faultKinds),
  count: z.int().positive().default(1),
  match: matchSchema.optional(),
  retryAfterSeconds: z.int().nonnegative().optional(),
  retryAfterForm: z.enum(['seconds', 'date']).default('seconds'),
  delayMs: z.int().nonnegative().max(longestDelayMs).default(defaultDelayMs),
});

/**
 * - `400`, `409`, `422` shape 1; `401` with `WWW-Authenticate`; `403`, `404`, `408`, `413`, `504` without a body; `429`
 *   with `Retry-After` (1 s unless told); `500` shape 3; `502` HTML; `503` empty (`Retry-After` only if told): answered
 *   without looking further at the request.
 * - `delay`: handled at once, but the answer is held back for `delayMs` (35 s unless told).
 * - `accept-then-drop`: handled at once, then the connection closes without an answer.
 * - `reset`: the connection is reset before the event is looked at.
 */
export type FaultKind = (typeof faultKinds)[number];

/** Which requests a fault hits: those whose body has all the members given here. Without a match: the next ones. */
export interface FaultMatch {
  /** `status` of the event, exactly. */
  status?: string | undefined;
  /** `brandOrderReference`, exactly. */
  reference?: string | undefined;
  /** `parentBrandOrderReference`, exactly: the events of an order's children. */
  parent?: string | undefined;
  /** `id`, compared without case. */
  id?: string | undefined;
  /** `lastTransaction.type`, exactly. */
  transactionType?: string | undefined;
}

/** A fault to inject into `POST /v1/Events/OrderEvent`. */
export interface FaultSpec {
  kind: FaultKind;
  /** Number of requests to hit. @default 1 */
  count?: number | undefined;
  match?: FaultMatch | undefined;
  /** For 429 and 503. */
  retryAfterSeconds?: number | undefined;
  /** How `Retry-After` says it: as seconds, or as the HTTP date that is so many seconds away. @default 'seconds' */
  retryAfterForm?: 'seconds' | 'date' | undefined;
  /** For `delay`. @default 35000 */
  delayMs?: number | undefined;
}

/** A fault that waits for requests, `count` of them. */
export type ArmedFault = z.output<typeof faultSchema>;

/** Armed faults, consumed in the order they were added. */
export class FaultQueue {
  private readonly armed = new CountedQueue<ArmedFault>();

  /** @throws ZodError when the fault makes no sense. */
  add(spec: FaultSpec): void {
    this.armed.add(faultSchema.parse(spec));
  }

  /** The fault of a request whose body is not read yet: the oldest, unless it waits for certain events. */
  takeBeforeBody(): ArmedFault | undefined {
    return this.armed.peek()?.match === undefined ? this.armed.take() : undefined;
  }

  /** The fault of a request with these facts: the oldest that matches. */
  takeFor(facts: FaultMatch): ArmedFault | undefined {
    return this.armed.take(({ match }) => match === undefined || matches(match, facts));
  }

  /** Faults still waiting, with the number of requests left. */
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
