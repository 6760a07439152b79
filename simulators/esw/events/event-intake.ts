import type { EventFacts } from './event-facts';
import type { JsonObject } from '../http/json-body';
import type { SimulatorState } from '../simulator-state';
import type { TokenClaims } from '../token-issuer';
import { validateOrderEvent } from './validation';
import {
  accepted,
  bodiless,
  conflictProblem,
  unauthorized,
  validationProblem,
  type WireResponse,
} from '../http/wire-response';

/** A request with a valid token whose body has been read. */
export interface EventRequest {
  bytes: Buffer;
  /** The parsed body, or the reason why it cannot be parsed. */
  parsed: JsonObject | string;
  /** Facts of the body, valid or not. */
  facts: EventFacts;
  tokenTenant: string;
  idempotencyKey: string | undefined;
  correlationId: string | undefined;
}

/** The tenant of the token, or the response that rejects the request. */
export type Admission = { tenant: string } | { rejection: WireResponse };

/** Checks the request before its body is read: token, scope, content type, in this order. */
export function admit(
  claims: TokenClaims | undefined,
  isJson: boolean,
  { settings, ledger }: SimulatorState,
): Admission {
  const reject = (rejection: WireResponse): Admission => {
    ledger.reject({ status: rejection.status, errors: {} });
    return { rejection };
  };
  if (!claims) return reject(unauthorized());
  if (!settings.requiredScopes.every((scope) => claims.scopes.includes(scope))) return reject(bodiless(403));
  return isJson ? { tenant: claims.tenant } : reject(bodiless(415));
}

/** Rejects a body above the limit. */
export function rejectTooLarge({ ledger }: SimulatorState): WireResponse {
  ledger.reject({ status: 413, errors: {} });
  return bodiless(413);
}

/**
 * Checks JSON and members, then the tenant, then for duplicates (references/esw.md#simulated-behaviour), and stores the
 * event.
 */
export function receiveEvent(request: EventRequest, { settings, ledger }: SimulatorState): WireResponse {
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
