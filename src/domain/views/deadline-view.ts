/** A running deadline, as the API shows it: what is the matter, when Upvest is asked next, and when it is flagged. */
import { DEADLINE_CODES } from '../operator/overdue-attentions';
import { reconciliationRetryAt } from '../order/reconciliation';
import type { PortfolioOrderRecord } from '../broker/record';
import type { Deadline, DeadlineId, OrderState } from '../order-state/state';

export interface DeadlineView {
  rule: DeadlineId;
  /** What is the matter, in a sentence without its full stop. */
  text: string;
  /** Code of the attention that it becomes. */
  code: string;
  /** ISO 8601 UTC. */
  since: string;
  asksAt: string;
  asked: number;
  attentionAt?: string;
  overdue: boolean;
}

export function deadlineViews(state: OrderState): DeadlineView[] {
  const retryAt = reconciliationRetryAt(state);
  return state.waits.map((wait) => deadlineView(wait, state.record, retryAt));
}

function deadlineView(
  { rule, since, dueAt, asked, overdueAt, overdue }: Deadline,
  record: PortfolioOrderRecord,
  retryAt: number | undefined,
): DeadlineView {
  return {
    rule,
    text: textOf(rule, record),
    code: DEADLINE_CODES[rule],
    since: iso(since),
    asksAt: iso(retryAt ?? dueAt),
    asked,
    ...(overdueAt !== undefined && { attentionAt: iso(overdueAt) }),
    overdue: overdue ?? false,
  };
}

function textOf(rule: DeadlineId, { status }: PortfolioOrderRecord): string {
  switch (rule) {
    case 'deadline:new':
      return status === undefined
        ? 'Upvest has not reported a status of this order'
        : 'Upvest has not started this order';
    case 'deadline:processing':
      return 'The order is executing';
    case 'deadline:parts':
      return 'The order and its children disagree, so a report is late or lost';
    case 'deadline:settlement':
      return 'Executions are not settled yet';
    case 'deadline:cancel':
      return 'Upvest accepted the cancel; no result yet';
    case 'deadline:predecessor':
      return 'A status arrived before its predecessors and is held back from ESW';
    case 'policy:resubmit':
      return 'The outcome must be certain before the order may be placed again';
  }
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
