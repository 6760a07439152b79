import type { ArmedFault } from '../faults/faults';
import {
  badGateway,
  bodiless,
  conflictProblem,
  gatewayPage,
  internalError,
  tooManyRequests,
  serviceUnavailable,
  unauthorized,
  unprocessable,
  validationProblem,
  type WireResponse,
} from './wire-response';

/**
 * The response of a fault instead of the service; undefined if the service handles the request.
 * `nowMs` is the simulator's clock, for a `Retry-After` date.
 */
export function faultResponse(
  fault: ArmedFault | undefined,
  nowMs: number,
): WireResponse | 'reset' | undefined {
  switch (fault?.kind) {
    case '400':
      return validationProblem({ Status: ['An injected fault rejected the value.'] });
    case '401':
      return unauthorized();
    case '409':
      return conflictProblem();
    case '422':
      return unprocessable({ Status: ['An injected fault rejected the value.'] });
    case '403':
    case '404':
    case '408':
    case '413':
    case '425':
    case '504':
      return bodiless(Number(fault.kind));
    case 'maintenance':
      return gatewayPage(200, 'Down for maintenance');
    case '301':
    case '307':
      return gatewayPage(Number(fault.kind), 'Moved', { location: 'https://gateway.invalid/' });
    case 'gateway-400':
    case 'gateway-403':
    case '407':
      return gatewayPage(Number(fault.kind.slice(-3)), 'Blocked by the gateway');
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

/** The value of `Retry-After` as seconds or an HTTP date (RFC 9110 section 10.2.3), if the fault has one. */
function retryAfter(
  { kind, retryAfterForm, retryAfterSeconds }: ArmedFault,
  nowMs: number,
): string | undefined {
  const seconds = retryAfterSeconds ?? (kind === '429' ? 1 : undefined);
  if (seconds === undefined) return undefined;
  if (retryAfterForm === 'seconds') return String(seconds);
  // An HTTP date has whole seconds; rounded up, so that clients do not retry too early.
  return new Date(Math.ceil(nowMs / 1000 + seconds) * 1000).toUTCString();
}
