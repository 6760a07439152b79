import type { ArmedFault } from './faults';
import {
  badGateway,
  bodiless,
  conflictProblem,
  internalError,
  tooManyRequests,
  serviceUnavailable,
  unauthorized,
  unprocessable,
  validationProblem,
  type WireAnswer,
} from './wire-answer';

/**
 * What a request gets in place of the service's answer; undefined when the service handles it all the same.
 * `nowMs` is the simulator's clock, for a `Retry-After` that is a date.
 */
export function replacement(fault: ArmedFault | undefined, nowMs: number): WireAnswer | 'reset' | undefined {
  switch (fault?.kind) {
    case '400':
      return validationProblem({ Status: ['The value was refused by an injected fault.'] });
    case '401':
      return unauthorized();
    case '409':
      return conflictProblem();
    case '422':
      return unprocessable({ Status: ['The value was refused by an injected fault.'] });
    case '403':
    case '404':
    case '408':
    case '413':
    case '504':
      return bodiless(Number(fault.kind));
    case '429':
      return tooManyRequests(retryAfter(fault, nowMs) ?? '1');
    case '500':
      return internalError();
    case '502':
      return badGateway();
    case '503':
      return serviceUnavailable(retryAfter(fault, nowMs));
    case 'reset':
      return 'reset';
    case 'delay':
    case 'accept-then-drop':
    case undefined:
      return undefined;
  }
}

/** The value of `Retry-After` in one of its two forms (RFC 9110 section 10.2.3), if the fault has one. */
function retryAfter(
  { kind, retryAfterForm, retryAfterSeconds }: ArmedFault,
  nowMs: number,
): string | undefined {
  const seconds = retryAfterSeconds ?? (kind === '429' ? 1 : undefined);
  if (seconds === undefined) return undefined;
  if (retryAfterForm === 'seconds') return String(seconds);
  // An HTTP date has whole seconds; rounded up, since one must not come back too early.
  return new Date(Math.ceil(nowMs / 1000 + seconds) * 1000).toUTCString();
}
