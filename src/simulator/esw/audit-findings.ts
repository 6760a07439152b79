import type { OrderEventBody } from './order-event-schema';

/**
 * Of one reference:
 * - `creation-time-went-backwards`: `creationDateTime` is before that of an earlier event.
 * - `event-after-terminal-status`: an event follows the settlement or the cancellation. Not meant are the one closing
 *   event of a cancelled portfolio order, and executions of a child that has ended (esw-order-event.md 8.7).
 *
 * Of a portfolio order and its children, found by `parentBrandOrderReference` (8.7):
 * - `child-before-parent`: the parent's first event follows one of a child. Not meant are its fulfilment, settlement and
 *   closing, which wait for the children: nothing of the parent was known before.
 * - `child-fulfilled-after-parent-fulfilled`: the parent was reported fulfilled before its child was.
 * - `child-after-parent-settled`: a state of a child, its executions apart, follows the parent's settlement.
 * - `family-in-flight-together`: two events were being handled at the same time.
 *
 * Of one id:
 * - `conflicting-body`: it came again with a different body.
 */
export type AuditFindingCode =
  | 'creation-time-went-backwards'
  | 'event-after-terminal-status'
  | 'child-before-parent'
  | 'child-fulfilled-after-parent-fulfilled'
  | 'child-after-parent-settled'
  | 'family-in-flight-together'
  | 'conflicting-body';

/** Something a correct emitter does not do; recorded, never a reason to refuse an event. */
export interface AuditFinding {
  code: AuditFindingCode;
  /** ISO 8601 time of receipt of the event at fault. */
  receivedAt: string;
  tenantCode: string;
  /** `brandOrderReference` of the event at fault, if it has one. */
  reference: string | undefined;
  /** Its `parentBrandOrderReference`, if it has one. */
  parentReference: string | undefined;
  /** Id of the event at fault. */
  id: string | undefined;
  /** Id of the earlier event that it contradicts, if there is one. */
  earlierId: string | undefined;
  /** `brandOrderReference` of that one. */
  earlierReference: string | undefined;
  /** One sentence for people. */
  detail: string;
}

/** What the audit needs to know of an event that it names. */
export interface AuditedEvent {
  receivedAt: string;
  tenantCode: string;
  body: Pick<
    OrderEventBody,
    | 'id'
    | 'brandOrderReference'
    | 'parentBrandOrderReference'
    | 'status'
    | 'creationDateTime'
    | 'lastTransaction'
  >;
}

/** What a rule has to say of an event; `earlier` is the one that it contradicts. */
export interface Verdict {
  code: AuditFindingCode;
  earlier?: { id: string | undefined; reference: string | undefined } | undefined;
  detail: string;
}

/** The finding that a verdict on an event makes. */
export function findingOf({ receivedAt, tenantCode, body }: AuditedEvent, verdict: Verdict): AuditFinding {
  return {
    code: verdict.code,
    receivedAt,
    tenantCode,
    reference: body.brandOrderReference,
    parentReference: body.parentBrandOrderReference,
    id: body.id,
    earlierId: verdict.earlier?.id,
    earlierReference: verdict.earlier?.reference,
    detail: verdict.detail,
  };
}
