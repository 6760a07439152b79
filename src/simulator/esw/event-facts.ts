import type { AuditedEvent } from './audit-findings';
import { memberOf, type JsonObject } from './json-body';
import type { FlightSubject } from './requests-in-flight';

/** What a body says of itself, before it is checked: what is missing or no text is left out. */
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

/** The facts of a parsed body; one that could not be parsed has none. */
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

/** The event as one of a portfolio order and its children; undefined when it names no order. */
export function flightSubjectOf(
  { id, reference, parent }: EventFacts,
  tenant: string,
): FlightSubject | undefined {
  const head = parent ?? reference;
  return head === undefined ? undefined : { family: JSON.stringify([tenant, head]), id, reference };
}

/** The event as a finding names it. */
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
