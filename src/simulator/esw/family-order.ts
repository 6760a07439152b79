import type { AuditedEvent, Verdict } from './audit-findings';
import { milestoneOf } from './milestones';

/** The event of a parent that a child's event contradicts. */
interface ParentEvent {
  id: string | undefined;
  reference: string;
}

/** What is remembered of the events of one portfolio order. */
interface Parent {
  fulfilled?: ParentEvent;
  settled?: ParentEvent;
}

/** The order of the stored events between portfolio orders and their children (esw-order-event.md 8.7). */
export class FamilyOrder {
  private readonly parents = new Map<string, Parent>();

  /** Notes one newly stored event and says what is wrong with its place in the family. */
  observe({ tenantCode, body }: AuditedEvent): Verdict[] {
    const { parentBrandOrderReference, brandOrderReference: reference, id } = body;
    if (parentBrandOrderReference !== undefined) {
      const parent = this.parents.get(JSON.stringify([tenantCode, parentBrandOrderReference]));
      return judgeChild(body, parentBrandOrderReference, parent);
    }
    if (reference !== undefined) {
      const key = JSON.stringify([tenantCode, reference]);
      const parent = this.parents.get(key) ?? {};
      this.parents.set(key, parent);
      const milestone = milestoneOf(body);
      if (milestone === 'fulfilled' || milestone === 'settled') parent[milestone] ??= { id, reference };
    }
    return [];
  }

  clear(): void {
    this.parents.clear();
  }
}

function judgeChild(
  body: AuditedEvent['body'],
  parentReference: string,
  parent: Parent | undefined,
): Verdict[] {
  const milestone = milestoneOf(body);
  const child = `${body.lastTransaction?.type ?? body.status ?? 'An event'} of a child`;
  if (!parent) {
    const detail = `${child} came before any event of its parent ${parentReference}.`;
    return [{ code: 'child-before-parent', detail }];
  }
  const verdicts: Verdict[] = [];
  if (parent.fulfilled && milestone === 'fulfilled') {
    const detail = `${child} came after its parent ${parentReference} was reported fulfilled.`;
    verdicts.push({ code: 'child-fulfilled-after-parent-fulfilled', earlier: parent.fulfilled, detail });
  }
  // Executions may come later still: a mistrade takes one back after everything is settled.
  if (parent.settled && milestone !== 'execution') {
    const detail = `${child} came after its parent ${parentReference} was reported settled.`;
    verdicts.push({ code: 'child-after-parent-settled', earlier: parent.settled, detail });
  }
  return verdicts;
}
