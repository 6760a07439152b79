/** What people are shown of a portfolio order: by the query, the API, the command line and the Web UI alike. */
import { openParts } from './aggregate';
import { findingsOf, needsAttention, type Finding } from './findings';
import { executionLifecycle, isTerminal, type Subject } from './lifecycle';
import { identityOf, isOver, type OrderLife } from './order-life';
import type { Refusal } from './emission';
import { executionsOf, type OrderRow, type Reached, type RebalancingRow } from './record';

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
  /** The rebalancing that made it, where one did. */
  rebalancing?: RebalancingRow[];
  /** Statuses of the portfolio order in the order in which the broker reached them. */
  reached: ({ status: string } & Reached)[];
  progress: { orders: number; final: number; executions: number; settled: number };
  orders: OrderRow[];
  fulfillment: {
    /** Accepted by ESW, in order. */
    accepted: { status: string; id: string }[];
    /** Owed to ESW, in order. */
    pending: string[];
    refused: { status: string; id?: string; refusal: Refusal }[];
  };
  finished: boolean;
  /** What the order waits for, in one sentence. */
  waitingFor: string;
  findings: Finding[];
  /** Codes of what somebody has to look at. */
  attention: string[];
  /** Number of the workflow run. */
  run: number;
}

/** One thing that happened at the broker. */
export interface Step {
  at: string;
  subject: Subject;
  id: string;
  status: string;
  by: Reached['by'];
}

export function viewOf(life: OrderLife): PortfolioOrderView {
  const { record, emission } = life;
  const executions = executionsOf(record);
  const findings = findingsOf(record);
  const settled = executions.filter((one) => isTerminal(executionLifecycle, one.status)).length;
  const {
    portfolioOrderId,
    reached,
    orders,
    unknownStatuses,
    unreadableTimes,
    clientReference,
    allocationId,
    updatedAt,
    ...facts
  } = record;
  return {
    portfolioOrderId,
    ...(life.placed && { reference: life.placed.reference }),
    origin: identityOf(life),
    ...facts,
    reached: Object.entries(reached)
      .map(([status, one]) => ({ status, ...one }))
      .sort((a, b) => (a.at < b.at ? -1 : 1)),
    progress: {
      orders: orders.length,
      final: orders.filter((order) => order.status === 'FILLED' || order.status === 'CANCELLED').length,
      executions: executions.length,
      settled,
    },
    orders,
    fulfillment: {
      accepted: emission.accepted,
      pending: [...emission.inFlight, ...emission.outbox].map((event) => event.status),
      refused: emission.refused.map(({ status, id, refusal }) => ({
        status,
        ...(id !== undefined && { id }),
        refusal,
      })),
    },
    finished: isOver(life),
    waitingFor: waitingFor(life),
    findings,
    attention: attentionOf(life, findings),
    run: life.run,
  };
}

/** Codes for the search attribute `Attention`, sorted. */
export function attentionOf(life: OrderLife, findings: Finding[] = findingsOf(life.record)): string[] {
  const codes = new Set<string>(findings.filter(needsAttention).map((finding) => finding.code));
  if (life.emission.refused.length > 0) codes.add('EMISSION_REFUSED');
  if (life.unusableMessages > 0) codes.add('UNUSABLE_MESSAGE');
  return [...codes].sort();
}

/** Everything that happened to order, children and executions, oldest first. */
export function stepsOf(life: OrderLife): Step[] {
  const { record } = life;
  const rows = [
    { subject: 'portfolio-order' as const, id: record.portfolioOrderId, reached: record.reached },
    ...record.orders.map(({ id, reached }) => ({ subject: 'order' as const, id, reached })),
    ...executionsOf(record).map(({ id, reached }) => ({ subject: 'execution' as const, id, reached })),
  ];
  return rows
    .flatMap(({ subject, id, reached }) =>
      Object.entries(reached).map(([status, { at, by }]) => ({ at, subject, id, status, by })),
    )
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}

function waitingFor(life: OrderLife): string {
  if (isOver(life)) return 'Nothing: the order is finished.';
  const { refused, inFlight, outbox } = life.emission;
  if (refused.length > 0)
    return `An operator: ESW refused ${refused.map((event) => event.status).join(', ')}.`;
  const open = openParts(life.record);
  if (open.length > 0) return `The broker: ${open.join('; ')}.`;
  if (identityOf(life) === 'open') return 'Its placement, to know its reference.';
  return `ESW to accept ${[...inFlight, ...outbox].map((event) => event.status).join(', ')}.`;
}
