/** The attentions of what has lasted too long: troubles with a partner, and deadlines. */
import { describeTrouble, troubleKey, TROUBLE_CODES, type TroubleCode } from '../order/troubles';
import { isFinal, lacksExecutionDetails } from '../broker/completion';
import type { ChildOrder, PortfolioOrderRecord } from '../broker/record';
import { isTerminal, orderLifecycle } from '../broker/status-tables';
import { isBlockedByUpvest } from '../order/emission';
import type { OrderAction } from './order-action';
import type { Deadline, DeadlineId, OrderState, TroubleKind } from '../order-state/state';

const ADVICE: Record<TroubleKind, string> = {
  esw: 'Check ESW. The coordinator retries automatically, or at once with retry-emission.',
  upvest: 'Check Upvest. The coordinator retries automatically, or at once with reconcile.',
  'child-unreadable':
    'Contact Upvest support with the order id. The coordinator retries automatically, or at once with reconcile.',
  'child-unknown':
    'Check the child order with Upvest. Acknowledge it to let the order end without that child.',
  cancel: 'If it is urgent, cancel the order at Upvest directly. The coordinator retries automatically.',
  recovery: 'Check Temporal, such as its limit for visibility. The coordinator retries automatically.',
  records:
    'Check the records database. The coordinator retries automatically; the order goes on, and ends once its record is stored.',
  placement: 'Resolve the open placement of the same account and amount with identify.',
};

interface OverdueAttention<Code> {
  code: Code;
  key: string;
  /** ISO 8601 UTC. */
  since: string;
  message: string;
  advice: string;
  /** In place of those of the code. */
  actions?: OrderAction[];
}

export function attentionsOfTroubles(state: OrderState): OverdueAttention<TroubleCode>[] {
  // Credentials that ESW rejects have an attention of their own.
  const isExplained = (kind: TroubleKind): boolean =>
    kind === 'esw' && state.emission.pause?.why === 'unauthorised';
  const overdue = (state.troubles ?? []).filter(({ overdue, kind }) => overdue && !isExplained(kind));
  return overdue.map((trouble) => {
    const { kind } = trouble;
    const code = TROUBLE_CODES[kind];
    const facts = {
      code,
      key: troubleKey(trouble),
      since: iso(trouble.since),
      message: describeTrouble(trouble),
    };
    if (kind === 'recovery') return { ...facts, advice: ADVICE[kind], actions: ['acknowledge'] };
    if (code !== 'BROKER_UNREADABLE' || !isBlockedByUpvest(state)) return { ...facts, advice: ADVICE[kind] };
    return {
      ...facts,
      advice: `${ADVICE[kind]} Release sends ESW what waits for Upvest.`,
      actions: ['reconcile', 'release', 'acknowledge'],
    };
  });
}

/** The attention of each deadline. */
export const DEADLINE_CODES = {
  'deadline:new': 'NEW_OVERDUE',
  'deadline:processing': 'PROCESSING_OVERDUE',
  'deadline:parts': 'PARTS_OVERDUE',
  'deadline:settlement': 'SETTLEMENT_OVERDUE',
  'deadline:cancel': 'CANCEL_SILENT',
  'deadline:predecessor': 'PARTS_OVERDUE',
  'policy:resubmit': 'PARTS_OVERDUE',
} as const satisfies Record<DeadlineId, string>;
type DeadlineCode =
  (typeof DEADLINE_CODES)[DeadlineId] | 'CALENDAR_UNCOVERED' | 'IMPLAUSIBLE_SETTLEMENT_DATE';

/** What has lasted too long. */
const WAITING: Record<DeadlineId, string> = {
  'deadline:new': 'NEW',
  'deadline:processing': 'PROCESSING',
  'deadline:parts': 'Portfolio order and child orders disagree',
  'deadline:settlement': 'Executions unsettled',
  'deadline:cancel': 'No result of the cancel',
  'deadline:predecessor': 'A status without its predecessors',
  'policy:resubmit': 'The resubmission is unchecked',
};

/** Child orders that are named; the timeline and the view list all of them. */
const MAX_NAMED_CHILDREN = 3;

/** Names the child orders of which something is still to come, because a deadline of the order is about them. */
function openChildren({ orders }: PortfolioOrderRecord): string {
  const open = orders.filter((order) => !isFinal(order));
  if (open.length === 0) return '';
  const named = open.slice(0, MAX_NAMED_CHILDREN).map((order) => `${order.id} (${standOf(order)})`);
  const more = open.length - named.length;
  return `; open: order ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The status, and what is missing of an order that has ended: other views count it as final. */
function standOf(order: ChildOrder): string {
  const { status = 'no status' } = order;
  if (lacksExecutionDetails(order)) return `${status}, without execution details`;
  return isTerminal(orderLifecycle, order.status) ? `${status}, awaits settlement` : status;
}

export function attentionsOfDeadline(
  { rule, since, firstDue, overdueAt = since, overdue, uncovered, isCutShort, asked }: Deadline,
  record: PortfolioOrderRecord,
): OverdueAttention<DeadlineCode>[] {
  const began = iso(since);
  const attentions: OverdueAttention<DeadlineCode>[] = [];
  if (overdue) {
    const code = DEADLINE_CODES[rule];
    const what = rule === 'deadline:new' && record.status === undefined ? 'No status' : WAITING[rule];
    attentions.push({
      code,
      key: `${code}|${since}`,
      since: iso(overdueAt),
      message: `${what} for longer than expected, since ${began}; reconciled ${asked} times${openChildren(record)}`,
      advice: 'Contact Upvest support with the order id, then acknowledge.',
    });
  }
  if (isCutShort && rule === 'deadline:settlement') {
    const at = iso(firstDue);
    attentions.push({
      code: 'IMPLAUSIBLE_SETTLEMENT_DATE',
      key: `IMPLAUSIBLE_SETTLEMENT_DATE|${since}`,
      since: began,
      message: `The settlement date of an execution is further away than any wait may be; the coordinator reconciles from ${at} on`,
      advice: 'Check the settlement dates with Upvest, then acknowledge.',
    });
  }
  if (uncovered) {
    attentions.push({
      code: 'CALENDAR_UNCOVERED',
      key: `CALENDAR_UNCOVERED|${rule}|${since}`,
      since: began,
      message: `The calendar cannot say when ${rule} is due; the coordinator keeps reconciling with Upvest`,
      advice: 'Install a release whose trading calendar covers this market and year.',
    });
  }
  return attentions;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
