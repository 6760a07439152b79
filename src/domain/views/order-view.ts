/** What people are shown of a portfolio order: by the query, the API, the command line and the Web UI alike. */
import { attentionCodes, attentionsOf, findingsIn } from '../operator/attentions';
import type { Attention } from '../operator/attention';
import { cancelView, type CancelView } from './cancel-view';
import { deadlineViews, type DeadlineView } from './deadline-view';
import type { Finding } from '../findings/findings';
import type { OrderAction } from '../operator/order-action';
import { possibleActions } from '../operator/operator-commands';
import { originOf } from '../order/origin';
import { fulfillmentView, type FulfillmentView } from './fulfillment-view';
import { isOver } from '../order/transitions';
import { troubleViews, type TroubleView } from './trouble-view';
import { waitingFor } from './waiting-for';
import { sourceOf, type Cause, type RebalancingOrder, type StatusEvidence } from '../broker/record';
import { progressOf, type Progress } from './progress';
import { orderView, type OrderView } from './row-view';
import type { Closing, OrderState, ReconciliationCounts } from '../order-state/state';

export interface PortfolioOrderView {
  portfolioOrderId: string;
  /** Reference of the client who placed it; absent for adopted orders. */
  reference?: string;
  origin: 'placed' | 'adopted' | 'open';
  status?: string;
  accountId?: string;
  cashAmount?: string;
  currency?: string;
  type?: string;
  postTax?: boolean;
  initiationFlow?: string;
  createdAt?: string;
  cancellationReason?: string;
  /** Upvest's text about the reason. */
  cancellationDetails?: string;
  /** The rebalancing that made it, where one did. */
  rebalancing?: RebalancingOrder[];
  /** Statuses of the portfolio order in the order in which the broker reached them. */
  reached: ({ status: string } & Cause & StatusEvidence)[];
  progress: Progress;
  orders: OrderView[];
  fulfillment: FulfillmentView;
  finished: boolean;
  /** What the order waits for, in one sentence. */
  waitingFor: string;
  /** What is due and fails, by partner; absent while all goes well. */
  troubles?: TroubleView[];
  /** Running deadlines: when the next reconciliation is due, and when they are flagged. */
  waits: DeadlineView[];
  /** The cancel request, Upvest's answer, and the result. */
  cancel?: CancelView;
  /** Reconciliations by result. */
  questions: ReconciliationCounts;
  /** At most 1,000. */
  findings: Finding[];
  /** Codes of all attentions. */
  attention: string[];
  /** At most 1,000. */
  attentions: Attention[];
  /** The operations that are allowed now. */
  actions: OrderAction[];
  /** Why nothing is emitted until an operator releases it. */
  held?: string;
  closed?: Omit<Closing, 'settles'>;
  reopened?: OrderState['reopened'];
  /** The portfolio order whose place this one takes, and the name of the placement that took this one's. */
  previous?: string;
  resubmittedAs?: string;
  /** Number of the workflow run. */
  run: number;
}

/** A fault of thousands of children is not listed thousands of times: the engine would refuse the answer. */
const MAX_SHOWN = 1000;

export function viewOf(state: OrderState): PortfolioOrderView {
  const { record, emission, placed } = state;
  const findings = findingsIn(state);
  const attentions = attentionsOf(state, findings);
  const cancel = cancelView(state);
  const isFinished = isOver(state);
  const { portfolioOrderId, reached, orders } = record;
  return {
    portfolioOrderId,
    ...(placed && { reference: placed.reference }),
    origin: originOf(state),
    ...pick(record, SHOWN),
    reached: Object.entries(reached)
      .map(([status, one]) => ({ status, ...one, by: sourceOf(one) }))
      .sort((a, b) => (a.at < b.at ? -1 : 1)),
    progress: progressOf(record),
    orders: orders.map(orderView),
    fulfillment: fulfillmentView(emission, isFinished),
    finished: isFinished,
    waitingFor: waitingFor(state),
    ...(state.troubles && !isFinished && { troubles: troubleViews(state.troubles) }),
    // Nothing is asked for an order that is no longer tracked.
    waits: isFinished ? [] : deadlineViews(state),
    ...(cancel && { cancel }),
    questions: state.questions,
    findings: findings.slice(0, MAX_SHOWN),
    attention: attentionCodes(attentions),
    attentions: attentions.slice(0, MAX_SHOWN),
    actions: possibleActions(state),
    ...(state.closed && { closed: closingView(state.closed) }),
    ...pick(state, ['held', 'reopened', 'resubmittedAs']),
    ...(placed?.previous !== undefined && { previous: placed.previous }),
    run: state.run,
  };
}

function closingView({ settles: _, ...closing }: Closing): Omit<Closing, 'settles'> {
  return closing;
}

/** The findings that are not shown as attentions. */
export function furtherFindings({
  findings,
  attentions,
}: Pick<PortfolioOrderView, 'findings' | 'attentions'>): Finding[] {
  const shown = new Set(attentions.map(({ message }) => message));
  return findings.filter(({ subject, id, message }) => !shown.has(`${subject} ${id}: ${message}`));
}

/** What is shown of the record as it is. */
const SHOWN = [
  'status',
  'accountId',
  'cashAmount',
  'currency',
  'type',
  'postTax',
  'initiationFlow',
  'createdAt',
  'cancellationReason',
  'cancellationDetails',
  'rebalancing',
] as const;

function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  const present = names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]);
  return Object.fromEntries(present) as Pick<T, K>;
}
