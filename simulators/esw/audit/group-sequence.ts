import type { AuditedEvent, Violation } from './audit-findings';
import { reportedStatusOf } from './reported-status';

/** An event of the group that later events may conflict with. */
interface GroupEvent {
  id: string | undefined;
  reference: string;
}

/** State of an order group, a portfolio order and its children. */
interface OrderGroup {
  isOpened?: true;
  fulfilled?: GroupEvent;
  settled?: GroupEvent;
  firstOfChildren?: GroupEvent;
}

/** Checks the sequence of events between portfolio orders and their children (references/esw.md#order-of-events). */
export class GroupSequence {
  private readonly groups = new Map<string, OrderGroup>();

  /** Records a newly stored event and returns its violations within the group. */
  observe({ tenantCode, body }: AuditedEvent): Violation[] {
    const { parentBrandOrderReference: parentReference, brandOrderReference: reference = '', id } = body;
    const key = JSON.stringify([tenantCode, parentReference ?? reference]);
    const group = this.groups.get(key) ?? {};
    this.groups.set(key, group);
    if (parentReference !== undefined) {
      group.firstOfChildren ??= { id, reference };
      return checkChild(body, parentReference, group);
    }
    const violations = checkParent(body, group);
    const reported = reportedStatusOf(body);
    // An order that is first seen late begins with its last status; its children follow.
    const isFirst = !group.isOpened;
    group.isOpened = true;
    if (!isFirst && (reported === 'fulfilled' || reported === 'settled'))
      group[reported] ??= { id, reference };
    return violations;
  }

  clear(): void {
    this.groups.clear();
  }
}

/** The first event of a parent must precede its children's events. */
function checkParent(body: AuditedEvent['body'], { isOpened, firstOfChildren }: OrderGroup): Violation[] {
  if (isOpened || firstOfChildren === undefined) return [];
  const event = body.lastTransaction?.type ?? body.status ?? 'An event';
  const detail = `${event} was received after an event of the child ${firstOfChildren.reference}.`;
  return [{ code: 'child-before-parent', earlier: firstOfChildren, detail }];
}

function checkChild(body: AuditedEvent['body'], parentReference: string, group: OrderGroup): Violation[] {
  const reported = reportedStatusOf(body);
  const child = `${body.lastTransaction?.type ?? body.status ?? 'An event'} of a child`;
  const violations: Violation[] = [];
  if (group.fulfilled && reported === 'fulfilled') {
    const detail = `${child} was received after its parent ${parentReference} was reported fulfilled.`;
    violations.push({ code: 'child-fulfilled-after-parent-fulfilled', earlier: group.fulfilled, detail });
  }
  // Execution events may follow: a mistrade cancels an execution after settlement.
  if (group.settled && reported !== 'execution') {
    const detail = `${child} was received after its parent ${parentReference} was reported settled.`;
    violations.push({ code: 'child-after-parent-settled', earlier: group.settled, detail });
  }
  return violations;
}
