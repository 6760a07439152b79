import type { OrderEventBody } from '../events/order-event-schema';

/**
 * For one reference:
 * - `creation-time-went-backwards`: `creationDateTime` is before that of an earlier event.
 * - `reference-in-flight-together`: two of its events were in flight at the same time.
 * - `event-after-terminal-status`: an event follows settlement or cancellation. Exceptions: one closing event of a
 *   cancelled portfolio order, corrections of a settled or closed one, and execution events of an ended child
 *   (references/esw.md#order-of-events).
 * For an order group, a portfolio order and its children linked by `parentBrandOrderReference`
 * (references/esw.md#order-of-events):
 * - `child-before-parent`: the parent's first event follows one of a child.
 * - `child-fulfilled-after-parent-fulfilled`: a child was reported fulfilled after its parent. Exception: the parent's
 *   fulfilment was the first event of the group.
 * - `child-after-parent-settled`: an event of a child, except for executions, follows the parent's settlement. Exception: the
 *   settlement was the first event of the group.
 * - `family-in-flight-together`: more than eight events of the group were in flight at the same time, or one of a child and the
 *   parent's placement, fulfilment or end.
 *
 * For one id:
 * - `conflicting-body`: it was received again with a different body.
 */
export type AuditFindingCode =
  | 'creation-time-went-backwards'
  | 'event-after-terminal-status'
  | 'child-before-parent'
  | 'child-fulfilled-after-parent-fulfilled'
  | 'child-after-parent-settled'
  | 'reference-in-flight-together'
  | 'family-in-flight-together'
  | 'conflicting-body';

/** A violation of an ordering rule by the emitter; recorded, but never a reason to reject an event. */
export interface AuditFinding {
  code: AuditFindingCode;
  /** Receipt time of the violating event, ISO 8601. */
  receivedAt: string;
  tenantCode: string;
  /** `brandOrderReference` of the violating event, if any. */
  reference: string | undefined;
  /** Its `parentBrandOrderReference`, if any. */
  parentReference: string | undefined;
  /** Id of the violating event. */
  id: string | undefined;
  /** Id of the earlier event that it conflicts with, if any. */
  earlierId: string | undefined;
  /** `brandOrderReference` of the earlier event. */
  earlierReference: string | undefined;
  /** Human-readable sentence. */
  detail: string;
}

/** The parts of an event that the audit uses. */
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

/** Violation of a rule; `earlier` is the event that the new one conflicts with. */
export interface Violation {
  code: AuditFindingCode;
  earlier?: { id: string | undefined; reference: string | undefined } | undefined;
  detail: string;
}

/** Creates the finding for a violation. */
export function findingOf(
  { receivedAt, tenantCode, body }: AuditedEvent,
  violation: Violation,
): AuditFinding {
  return {
    code: violation.code,
    receivedAt,
    tenantCode,
    reference: body.brandOrderReference,
    parentReference: body.parentBrandOrderReference,
    id: body.id,
    earlierId: violation.earlier?.id,
    earlierReference: violation.earlier?.reference,
    detail: violation.detail,
  };
}
