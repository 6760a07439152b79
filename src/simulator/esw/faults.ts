import { z } from 'zod';
import {
  badGateway,
  internalError,
  serviceUnavailable,
  tooManyRequests,
  unauthorized,
  validationProblem,
  type WireAnswer,
} from './wire-answer';

/** Beyond the 30 s that every ESW client is told to wait (esw-order-event.md 5). */
const defaultDelayMs = 35_000;

const matchSchema = z.strictObject({
  status: z.string().optional(),
  reference: z.string().optional(),
  id: z.string().optional(),
});

/** The fault as the control plane takes it. */
export const faultSchema = z.strictObject({
  kind: z.enum(['400', '401', '429', '500', '502', '503', 'delay', 'accept-then-drop', 'reset']),
  count: z.int().positive().default(1),
  match: matchSchema.optional(),
  retryAfterSeconds: z.int().nonnegative().optional(),
  delayMs: z.int().nonnegative().default(defaultDelayMs),
});

/**
 * - `400` shape 1, `401` with `WWW-Authenticate`, `429` with `Retry-After` (1 s unless told), `500` shape 3,
 *   `502` HTML, `503` empty (`Retry-After` only if told): answered without looking further at the request.
 * - `delay`: handled at once, but the answer is held back for `delayMs` (35 s unless told).
 * - `accept-then-drop`: handled at once, then the connection closes without an answer.
 * - `reset`: the connection is reset before the event is looked at.
 */
export type FaultKind = z.infer<typeof faultSchema>['kind'];

/** Which requests a fault hits: those whose body has all the members given here. Without a match: the next ones. */
export interface FaultMatch {
  /** `status` of the event, exactly. */
  status?: string | undefined;
  /** `brandOrderReference`, exactly. */
  reference?: string | undefined;
  /** `id`, compared without case. */
  id?: string | undefined;
}

/** A fault to inject into `POST /v1/Events/OrderEvent`. */
export interface FaultSpec {
  kind: FaultKind;
  /** Number of requests to hit. @default 1 */
  count?: number | undefined;
  match?: FaultMatch | undefined;
  /** For 429 and 503. */
  retryAfterSeconds?: number | undefined;
  /** For `delay`. @default 35000 */
  delayMs?: number | undefined;
}

/** A fault that waits for requests, `count` of them. */
export type ArmedFault = z.output<typeof faultSchema>;

/** Armed faults, consumed in the order they were added. */
export class FaultQueue {
  private armed: ArmedFault[] = [];

  /** @throws ZodError when the fault makes no sense. */
  add(spec: FaultSpec): void {
    this.armed.push(faultSchema.parse(spec));
  }

  /** The fault of a request whose body is not read yet: the oldest, unless it waits for certain events. */
  takeBeforeBody(): ArmedFault | undefined {
    return this.take(this.armed[0]?.match === undefined ? this.armed[0] : undefined);
  }

  /** The fault of a request with these facts: the oldest that matches. */
  takeFor(facts: FaultMatch): ArmedFault | undefined {
    return this.take(this.armed.find(({ match }) => match === undefined || matches(match, facts)));
  }

  /** Faults still waiting, with the number of requests left. */
  list(): ArmedFault[] {
    return structuredClone(this.armed);
  }

  clear(): void {
    this.armed = [];
  }

  private take(fault: ArmedFault | undefined): ArmedFault | undefined {
    if (fault === undefined) return undefined;
    fault.count -= 1;
    if (fault.count === 0) this.armed = this.armed.filter((other) => other !== fault);
    return fault;
  }
}

/** What a request gets in place of the service's answer; undefined when the service handles it all the same. */
export function replacement(fault: ArmedFault | undefined): WireAnswer | 'reset' | undefined {
  switch (fault?.kind) {
    case '400':
      return validationProblem({ Status: ['The value was refused by an injected fault.'] });
    case '401':
      return unauthorized();
    case '429':
      return tooManyRequests(fault.retryAfterSeconds ?? 1);
    case '500':
      return internalError();
    case '502':
      return badGateway();
    case '503':
      return serviceUnavailable(fault.retryAfterSeconds);
    case 'reset':
      return 'reset';
    case 'delay':
    case 'accept-then-drop':
    case undefined:
      return undefined;
  }
}

function matches(match: FaultMatch, facts: FaultMatch): boolean {
  return (
    (match.status === undefined || match.status === facts.status) &&
    (match.reference === undefined || match.reference === facts.reference) &&
    (match.id === undefined || match.id.toLowerCase() === facts.id?.toLowerCase())
  );
}
