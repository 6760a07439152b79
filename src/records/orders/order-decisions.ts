/** The decisions of people about an order, from its audit log. */
import { isDecision, type AuditEntry } from '../../domain/order-state/audit-log';
import type { OrderState } from '../../domain/order-state/state';
import { portfolioOrderWorkflowId } from '../../../contracts/portfolio-order';
import type { DecisionToStore } from '../chain/decisions';

/** One for each entry; an entry that repeats itself becomes a further one each time that it is saved. */
export function decisionsOf(state: OrderState): DecisionToStore[] {
  const { portfolioOrderId } = state.record;
  const reference = state.placed?.reference;
  return state.auditLog.filter(isDecision).map((entry) => {
    const { at, rule, text, actor, reason, times, lastAt } = entry;
    return {
      subject: portfolioOrderWorkflowId(portfolioOrderId),
      portfolioOrderId,
      ...(reference !== undefined && { reference }),
      rule,
      actor,
      ...(reason !== undefined && { reason }),
      decidedAt: lastAt ?? at,
      facts: { text, ...(times !== undefined && { times, firstAt: at }) },
      evidence: evidenceOf(state, entry),
    };
  });
}

function evidenceOf(
  { closed, acknowledged, record }: OrderState,
  { at, rule, text }: AuditEntry,
): Record<string, unknown> {
  const { status } = record;
  if (rule === 'operator:close' && closed?.at === at) {
    const { evidence, settles = [] } = closed;
    return { evidence, settles, ...(status !== undefined && { status }) };
  }
  if (rule === 'operator:acknowledge') return { acknowledged: acknowledged.filter(isOfCodes(text)) };
  return {};
}

/** Keys begin with the code; the text of the entry names the codes. */
function isOfCodes(text: string): (key: string) => boolean {
  const codes = new Set(text.match(/[A-Z_]+/g));
  return (key) => codes.has(key.split('|')[0] ?? key);
}
