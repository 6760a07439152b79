import type { EventFacts } from './event-facts';
import type { JsonObject } from './json-body';
import type { SimulatorState } from './simulator-state';
import type { TokenClaims } from './token-issuer';
import { validateOrderEvent } from './validation';
import {
  accepted,
  bodiless,
  conflictProblem,
  unauthorized,
  validationProblem,
  type WireAnswer,
} from './wire-answer';

/** A request with a good token whose body is read. */
export interface EventRequest {
  bytes: Buffer;
  /** The parsed body, or a sentence that says why it cannot be parsed. */
  parsed: JsonObject | string;
  /** What the body says of itself, whether it is valid or not. */
  facts: EventFacts;
  tokenTenant: string;
  idempotencyKey: string | undefined;
  correlationId: string | undefined;
}

/** The tenant of the token, or the answer that refuses the request. */
export type Admission = { tenant: string } | { refusal: WireAnswer };

/** Checks all that is known before the body is read: token, scope, content type, in this order. */
export function admit(
  claims: TokenClaims | undefined,
  isJson: boolean,
  { settings, ledger }: SimulatorState,
): Admission {
  const refuse = (refusal: WireAnswer): Admission => {
    ledger.reject({ status: refusal.status, errors: {} });
    return { refusal };
  };
  if (!claims) return refuse(unauthorized());
  if (!settings.requiredScopes.every((scope) => claims.scopes.includes(scope))) return refuse(bodiless(403));
  return isJson ? { tenant: claims.tenant } : refuse(bodiless(415));
}

/** Refuses a body above the limit. */
export function refuseTooLarge({ ledger }: SimulatorState): WireAnswer {
  ledger.reject({ status: 413, errors: {} });
  return bodiless(413);
}

/** Decides what is left: JSON and members, then tenant, then whether the event is known (esw-order-event.md 7). */
export function receiveEvent(request: EventRequest, { settings, ledger }: SimulatorState): WireAnswer {
  const { id, reference } = request.facts;
  const validation = validateOrderEvent(request.parsed, settings.mode);
  if ('errors' in validation) {
    const { errors } = validation;
    ledger.reject({ status: 400, errors, id, reference });
    return validationProblem(errors);
  }
  const { tenantCode } = validation.body;
  if (tenantCode !== undefined && tenantCode !== request.tokenTenant) {
    ledger.reject({ status: 403, errors: {}, id, reference });
    return bodiless(403);
  }
  const outcome = ledger.submit({ ...request, ...validation });
  return outcome === 'conflicting' && settings.mode === 'strict'
    ? conflictProblem()
    : accepted(settings.successBody);
}
