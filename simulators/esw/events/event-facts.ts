import type { AuditedEvent } from '../audit/audit-findings';
import { reportedStatusOf } from '../audit/reported-status';
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

/** What the portfolio order reports of itself before its children, or after them. */
const ALONE: ReadonlySet<string> = new Set(['placed', 'fulfilled', 'settled', 'closed', 'corrected']);

/** The event as a member of its order group; undefined without a reference. */
export function inFlightEventOf(facts: EventFacts, tenant: string): InFlightEvent | undefined {
  const { id, reference, parent, status, transactionType } = facts;
  const portfolioReference = parent ?? reference;
  if (portfolioReference === undefined) return undefined;
  const lastTransaction = { type: transactionType };
  const isAlone = parent === undefined && ALONE.has(reportedStatusOf({ status, lastTransaction }));
  return { group: JSON.stringify([tenant, portfolioReference]), id, reference, isAlone };
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
