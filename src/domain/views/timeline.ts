/**
 * The timeline of an order, oldest first: what Upvest reported, what the coordinator did by itself or on an operator's
 * decision, and what ESW answered. Each entry has the id of its rule (`docs/rules.md`).
 */
import type { Owner } from '../broker/status-merge';
import type { ActionId } from '../order-state/actions';
import { isDecision, type AuditEntry } from '../order-state/audit-log';
import {
  executionLifecycle,
  isKnown,
  orderLifecycle,
  portfolioOrderLifecycle,
  type Lifecycle,
  type Subject,
} from '../broker/status-tables';
import {
  executionsOf,
  refusalsOf,
  ruleOf,
  type CancellationRefused,
  type PortfolioOrderRecord,
  type StatusEvidence,
  sourceOf,
  type Cause,
  type Entity,
} from '../broker/record';
import type { OrderState } from '../order-state/state';

export interface TimelineEntry {
  /** ISO 8601 UTC: the broker's clock for what it reported, ours for the rest. */
  at: string;
  /** The source of a status, `operator`, `esw`, or `coordinator` for what it did by itself. */
  source: Cause['by'] | 'operator' | 'esw' | 'coordinator';
  /** Id of a transition rule or of an action. */
  rule: string;
  /** `placement` while the order has no workflow of its own; `id` is the reference then. */
  subject: Subject | 'placement';
  id: string;
  /** Status that was reached, where one was. */
  status?: string;
  /** Upvest's webhook event id, or the id of the OrderEvent. */
  eventId?: string;
  /** One sentence. */
  text: string;
  actor?: string;
  reason?: string;
  /** How often it happened in a row, and when last; absent for once. */
  times?: number;
  lastAt?: string;
}

export function timelineOf(state: OrderState): TimelineEntry[] {
  const { record } = state;
  const entries = [
    ...reachedEntries(portfolioOrderLifecycle, record.portfolioOrderId, record),
    ...record.orders.flatMap((order) => reachedEntries(orderLifecycle, order.id, order)),
    ...executionsOf(record).flatMap((one) => reachedEntries(executionLifecycle, one.id, one)),
    ...reportEntries(record),
    ...state.auditLog.map((entry) => auditEntry(entry, record.portfolioOrderId)),
    ...emissionEntries(state),
  ];
  // Sorting is stable: at the same moment, Upvest's report comes before what followed from it.
  return entries.sort((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1));
}

/** Rows of one answer. */
export const TIMELINE_PAGE = 1000;

/** A part of the timeline, at most one page. */
export function timelinePage(
  state: OrderState,
  { offset = 0, limit = TIMELINE_PAGE }: { offset?: number; limit?: number } = {},
): TimelineEntry[] {
  return timelineOf(state).slice(offset, offset + Math.min(limit, TIMELINE_PAGE));
}

function reachedEntries<S extends string>(
  lifecycle: Lifecycle<S>,
  id: string,
  row: Entity<S>,
): TimelineEntry[] {
  const { subject } = lifecycle;
  return Object.entries<StatusEvidence>(row.reached as Record<string, StatusEvidence>).flatMap(
    ([status, reached]) => {
      if (!isKnown(lifecycle, status)) return [];
      const { at, eventId } = reached;
      const by = sourceOf(reached);
      const rule = ruleOf(lifecycle, status, reached);
      const text = by === 'snapshot' ? `${status}, seen in a snapshot` : `${status}, reported by ${by}`;
      return [{ at, source: by, rule, subject, id, status, ...(eventId !== undefined && { eventId }), text }];
    },
  );
}

/** What Upvest reported beside the statuses of the tables. */
function reportEntries(record: PortfolioOrderRecord): TimelineEntry[] {
  const entry = (
    { at, by = 'webhook', eventId }: Pick<CancellationRefused, 'at' | 'by' | 'eventId'>,
    rest: { rule: ActionId; subject: Subject; id: string; text: string },
  ): TimelineEntry => ({ at, source: by, ...rest, ...(eventId !== undefined && { eventId }) });
  const unknown = (subject: Subject, id: string, { unknownSeen = [] }: Entity<string>): TimelineEntry[] =>
    unknownSeen.map((seen) =>
      entry(seen, { rule: 'report:unknown-status', subject, id, text: `Unknown status ${seen.status}` }),
    );
  const { portfolioOrderId, orders, rebalancing = [] } = record;
  const own = { subject: 'portfolio-order', id: portfolioOrderId } as const;
  return [
    ...unknown('portfolio-order', portfolioOrderId, record),
    ...rebalancing.flatMap(({ id, seen = [] }) =>
      seen.map((one) =>
        entry(one, { rule: 'report:rebalancing', ...own, text: `Rebalancing order ${id} is ${one.status}` }),
      ),
    ),
    ...orders.flatMap((order) => [
      ...unknown('order', order.id, order),
      ...refusalsOf(order).map((refused) => {
        const why = refused.reason === undefined ? '' : `: ${refused.reason}`;
        const text = `Upvest refused to cancel it${why}`;
        return entry(refused, { rule: 'report:cancel-refused', subject: 'order', id: order.id, text });
      }),
      ...order.executions.flatMap((one) => unknown('execution', one.id, one)),
    ]),
  ];
}

function auditEntry(entry: AuditEntry, id: string): TimelineEntry {
  const source = isDecision(entry) ? 'operator' : 'coordinator';
  return { source, subject: 'portfolio-order', id, ...entry };
}

function subjectOf(
  { portfolioOrderId }: PortfolioOrderRecord,
  { orderId, executionId }: Owner,
): { subject: Subject; id: string } {
  if (executionId !== undefined) return { subject: 'execution', id: executionId };
  return orderId === undefined
    ? { subject: 'portfolio-order', id: portfolioOrderId }
    : { subject: 'order', id: orderId };
}

function emissionEntries({ record, emission }: OrderState): TimelineEntry[] {
  const base = (key: Owner & { status: string }, at: string) => ({
    at,
    source: 'esw' as const,
    ...subjectOf(record, key),
    status: key.status,
  });
  const accepted = emission.accepted.map((event): TimelineEntry => ({
    ...base(event, event.at),
    rule: 'emission:accepted',
    eventId: event.id,
    text: event.isElsewhere
      ? `${event.status} counts as sent before the import`
      : `ESW accepted ${event.status}`,
  }));
  const refused = [...emission.refused, ...(emission.skipped ?? [])].map((event): TimelineEntry => ({
    ...base(event, event.refusal.at ?? ''),
    rule: 'emission:refused',
    ...(event.id !== undefined && { eventId: event.id }),
    text: `${event.id === undefined ? `${event.status} could not be built` : `ESW rejected ${event.status}`}: ${event.refusal.message}`,
  }));
  return [...accepted, ...refused];
}
