/** What people are shown of a portfolio order: by the query, the API, the command line and the Web UI alike. */
import { openParts } from './aggregate';
import { attentionCodes, attentionsOf, type Attention } from './attention';
import { cancelOutcome, type CancelOutcome, type CancelRequest } from './cancellation';
import { namesOf } from './emission';
import { findingsOf, type Finding } from './findings';
import { identityOf } from './identity';
import { fulfillmentView, type FulfillmentView } from './fulfillment-view';
import { executionLifecycle, isTerminal } from './lifecycle';
import { finishRule, isOver, type OrderLife } from './order-life';
import type { QuestionCount } from './reconciliation';
import { executionsOf, type Reached, type RebalancingRow } from './record';
import { orderView, type OrderView } from './row-view';
import type { WaitId } from './waits';

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
  /** The broker's words about the reason. */
  cancellationDetails?: string;
  /** The rebalancing that made it, where one did. */
  rebalancing?: RebalancingRow[];
  /** Statuses of the portfolio order in the order in which the broker reached them. */
  reached: ({ status: string } & Reached)[];
  progress: { orders: number; final: number; executions: number; settled: number };
  orders: OrderView[];
  fulfillment: FulfillmentView;
  finished: boolean;
  /** What the order waits for, in one sentence. */
  waitingFor: string;
  /** Deadlines that are on: when the broker is asked next, and when a human is told. */
  waits: WaitView[];
  /** The wish to cancel, what Upvest said to it, and what has come of it. */
  cancel?: Omit<CancelRequest, 'at'> & { at: string; outcome: CancelOutcome };
  /** How often the broker was asked, and whether webhooks had been missed. */
  questions: QuestionCount;
  findings: Finding[];
  /** Codes of what somebody has to look at. */
  attention: string[];
  attentions: Attention[];
  /** Why nothing is emitted until an operator releases it. */
  held?: string;
  closed?: OrderLife['closed'];
  reopened?: OrderLife['reopened'];
  /** The portfolio order whose place this one takes, and the name of the placement that took this one's. */
  previous?: string;
  resubmittedAs?: string;
  /** Number of the workflow run. */
  run: number;
}

export interface WaitView {
  rule: WaitId;
  /** ISO 8601 UTC. */
  since: string;
  asksAt: string;
  asked: number;
  attentionAt?: string;
  overdue: boolean;
}

export function viewOf(life: OrderLife): PortfolioOrderView {
  const { record, emission, placed } = life;
  const executions = executionsOf(record);
  const findings = findingsOf(record, life.amountTolerance);
  const attentions = attentionsOf(life, findings);
  const settled = executions.filter((one) => isTerminal(executionLifecycle, one.status)).length;
  const { portfolioOrderId, reached, orders } = record;
  return {
    portfolioOrderId,
    ...(placed && { reference: placed.reference }),
    origin: identityOf(life),
    ...pick(record, SHOWN),
    reached: Object.entries(reached)
      .map(([status, one]) => ({ status, ...one }))
      .sort((a, b) => (a.at < b.at ? -1 : 1)),
    progress: {
      orders: orders.length,
      final: orders.filter((order) => order.status === 'FILLED' || order.status === 'CANCELLED').length,
      executions: executions.length,
      settled,
    },
    orders: orders.map(orderView),
    fulfillment: fulfillmentView(emission),
    finished: isOver(life),
    waitingFor: waitingFor(life),
    waits: life.waits.map(waitView),
    ...(life.cancel && { cancel: { ...life.cancel, at: iso(life.cancel.at), outcome: cancelOutcome(life) } }),
    questions: life.questions,
    findings,
    attention: attentionCodes(attentions),
    attentions,
    ...pick(life, ['held', 'closed', 'reopened', 'resubmittedAs']),
    ...(placed?.previous !== undefined && { previous: placed.previous }),
    run: life.run,
  };
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

function waitView({ rule, since, dueAt, asked, overdueAt, overdue }: OrderLife['waits'][number]): WaitView {
  return {
    rule,
    since: iso(since),
    asksAt: iso(dueAt),
    asked,
    ...(overdueAt !== undefined && { attentionAt: iso(overdueAt) }),
    overdue: overdue ?? false,
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function waitingFor(life: OrderLife): string {
  if (isOver(life)) return 'Nothing: the order is finished.';
  if (life.past === 'unknown') return 'What an earlier run of its workflow knew.';
  const { refused, inFlight, again = [], outbox } = life.emission;
  if (refused.length > 0) return `An operator: ESW refused ${namesOf(refused)}.`;
  const open = openParts(life.record, finishRule(life));
  if (open.length > 0) return `The broker: ${open.join('; ')}.`;
  if (life.held !== undefined) return `An operator: emission is held, ${life.held}.`;
  if (life.reopened !== undefined) return 'An operator to close it.';
  if (life.resubmission !== undefined) return 'To be placed again.';
  if (identityOf(life) === 'open') return 'Its placement, to know its reference.';
  return `ESW to accept ${namesOf([...inFlight, ...again, ...outbox])}.`;
}
