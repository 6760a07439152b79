import type { AuditedEvent, Verdict } from './audit-findings';
import { milestoneOf } from './milestones';

/** An event that another one of the family contradicts. */
interface FamilyEvent {
  id: string | undefined;
  reference: string;
}

/** What is remembered of the events of one portfolio order, and of its children's. */
interface Family {
  isOpened?: true;
  fulfilled?: FamilyEvent;
  settled?: FamilyEvent;
  firstOfChildren?: FamilyEvent;
}

/** The order of the stored events between portfolio orders and their children (esw-order-event.md 8.7). */
export class FamilyOrder {
  private readonly families = new Map<string, Family>();

  /** Notes one newly stored event and says what is wrong with its place in the family. */
  observe({ tenantCode, body }: AuditedEvent): Verdict[] {
    const { parentBrandOrderReference: parentReference, brandOrderReference: reference = '', id } = body;
    const key = JSON.stringify([tenantCode, parentReference ?? reference]);
    const family = this.families.get(key) ?? {};
    this.families.set(key, family);
    if (parentReference !== undefined) {
      family.firstOfChildren ??= { id, reference };
      return judgeChild(body, parentReference, family);
    }
    const verdicts = judgeParent(body, family);
    family.isOpened = true;
    const milestone = milestoneOf(body);
    if (milestone === 'fulfilled' || milestone === 'settled') family[milestone] ??= { id, reference };
    return verdicts;
  }

  clear(): void {
    this.families.clear();
  }
}

/** The first event of a parent comes before its children's, unless it is one that has to wait for them. */
function judgeParent(body: AuditedEvent['body'], { isOpened, firstOfChildren }: Family): Verdict[] {
  if (isOpened || firstOfChildren === undefined) return [];
  if (['fulfilled', 'settled', 'closed'].includes(milestoneOf(body))) return [];
  const event = body.lastTransaction?.type ?? body.status ?? 'An event';
  const detail = `${event} came after an event of the child ${firstOfChildren.reference}.`;
  return [{ code: 'child-before-parent', earlier: firstOfChildren, detail }];
}

function judgeChild(body: AuditedEvent['body'], parentReference: string, family: Family): Verdict[] {
  const milestone = milestoneOf(body);
  const child = `${body.lastTransaction?.type ?? body.status ?? 'An event'} of a child`;
  const verdicts: Verdict[] = [];
  if (family.fulfilled && milestone === 'fulfilled') {
    const detail = `${child} came after its parent ${parentReference} was reported fulfilled.`;
    verdicts.push({ code: 'child-fulfilled-after-parent-fulfilled', earlier: family.fulfilled, detail });
  }
  // Executions may come later still: a mistrade takes one back after everything is settled.
  if (family.settled && milestone !== 'execution') {
    const detail = `${child} came after its parent ${parentReference} was reported settled.`;
    verdicts.push({ code: 'child-after-parent-settled', earlier: family.settled, detail });
  }
  return verdicts;
}
