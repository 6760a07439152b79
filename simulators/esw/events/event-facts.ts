import type { AuditedEvent } from '../audit/audit-findings';
import { memberOf, type JsonObject } from '../http/json-body';
import type { InFlightEvent } from '../http/requests-in-flight';

/** Identifying members of an event body, read before validation; undefined if missing or not a string. */
export interface EventFacts {
  id: string | undefined;
  /** `brandOrderReference`. */
  reference: string | undefined;
  /** `parentBrandOrderReference`. */
  parent: string | undefined;
  status: string | undefined;
  /** `lastTransaction.type`. */
  transactionType: string | undefined;
}

/** Facts of a parsed body; all undefined if it could not be parsed. */
export function factsOf(body: JsonObject | string): EventFacts {
  const text = (name: string, of: unknown = body) => {
    const value = memberOf(of, name);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    id: text('id'),
    reference: text('brandOrderReference'),
    parent: text('parentBrandOrderReference'),
    status: text('status'),
    transactionType: text('type', memberOf(body, 'lastTransaction')),
  };
}

/** The event as a member of its order group; undefined without a reference. */
export function inFlightEventOf(
  { id, reference, parent }: EventFacts,
  tenant: string,
): InFlightEvent | undefined {
  const portfolioReference = parent ?? reference;
  return portfolioReference === undefined
    ? undefined
    : { group: JSON.stringify([tenant, portfolioReference]), id, reference };
}

/** The event as the audit uses it. */
export function auditedEventOf(
  { id, reference, parent }: EventFacts,
  tenantCode: string,
  nowMs: number,
): AuditedEvent {
  return {
    receivedAt: new Date(nowMs).toISOString(),
    tenantCode,
    body: { id, brandOrderReference: reference, parentBrandOrderReference: parent },
  };
}
