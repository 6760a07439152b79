/**
 * The story of an order, oldest first: what the broker reported, what the coordinator did by itself or on an operator's
 * word, and what ESW said. Each row carries the id of the rule that allowed it (`docs/rules.md`).
 */
import type { Addressed } from './emission';
import type { JournalEntry } from './journal';
import {
  executionLifecycle,
  isKnown,
  orderLifecycle,
  portfolioOrderLifecycle,
  type Lifecycle,
  type Subject,
} from './lifecycle';
import type { OrderLife } from './order-life';
import { executionsOf, ruleOf, type PortfolioOrderRecord, type Reached, type Row } from './record';

export interface TimelineEntry {
  /** ISO 8601 UTC: the broker's clock for what it reported, ours for the rest. */
  at: string;
  /** Who told it: how a status became known, `operator`, `esw`, or `coordinator` for what it did by itself. */
  source: Reached['by'] | 'operator' | 'esw' | 'coordinator';
  /** Id of a transition row or of an act. */
  rule: string;
  subject: Subject;
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

export function timelineOf(life: OrderLife): TimelineEntry[] {
  const { record } = life;
  const entries = [
    ...reachedEntries(portfolioOrderLifecycle, record.portfolioOrderId, record),
    ...record.orders.flatMap((order) => reachedEntries(orderLifecycle, order.id, order)),
    ...executionsOf(record).flatMap((one) => reachedEntries(executionLifecycle, one.id, one)),
    ...life.journal.map((entry) => journalEntry(entry, record.portfolioOrderId)),
    ...emissionEntries(life),
  ];
  // Sorting is stable: of one moment, the broker's word comes before what followed from it.
  return entries.sort((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1));
}

/** Rows of one answer. */
export const TIMELINE_PAGE = 1000;

/** A part of the timeline; whatever is asked for, at most one page. */
export function timelinePage(
  life: OrderLife,
  { offset = 0, limit = TIMELINE_PAGE }: { offset?: number; limit?: number } = {},
): TimelineEntry[] {
  return timelineOf(life).slice(offset, offset + Math.min(limit, TIMELINE_PAGE));
}

function reachedEntries<S extends string>(lifecycle: Lifecycle<S>, id: string, row: Row<S>): TimelineEntry[] {
  const { subject } = lifecycle;
  return Object.entries<Reached>(row.reached as Record<string, Reached>).flatMap(([status, reached]) => {
    if (!isKnown(lifecycle, status)) return [];
    const { at, by, eventId } = reached;
    const rule = ruleOf(lifecycle, status, reached);
    const text = by === 'snapshot' ? `${status}, seen in a snapshot` : `${status}, told by ${by}`;
    return [{ at, source: by, rule, subject, id, status, ...(eventId !== undefined && { eventId }), text }];
  });
}

function journalEntry(entry: JournalEntry, id: string): TimelineEntry {
  const source = entry.actor === undefined || entry.actor === 'policy' ? 'coordinator' : 'operator';
  return { source, subject: 'portfolio-order', id, ...entry };
}

/** Lives of older code, which knew the portfolio order's stream only, do not say when ESW answered. */
function knownTime({ reached }: PortfolioOrderRecord, status: string): string {
  return isKnown(portfolioOrderLifecycle, status) ? (reached[status]?.at ?? '') : '';
}

function subjectOf(
  { portfolioOrderId }: PortfolioOrderRecord,
  { orderId, executionId }: Addressed,
): { subject: Subject; id: string } {
  if (executionId !== undefined) return { subject: 'execution', id: executionId };
  return orderId === undefined
    ? { subject: 'portfolio-order', id: portfolioOrderId }
    : { subject: 'order', id: orderId };
}

function emissionEntries({ record, emission }: OrderLife): TimelineEntry[] {
  const base = (addressed: Addressed, at: string | undefined) => ({
    at: at ?? knownTime(record, addressed.status),
    source: 'esw' as const,
    ...subjectOf(record, addressed),
    status: addressed.status,
  });
  const accepted = emission.accepted.map((event): TimelineEntry => ({
    ...base(event, event.at),
    rule: 'emission:accepted',
    eventId: event.id,
    text: `ESW accepted ${event.status}`,
  }));
  const refused = emission.refused.map((event): TimelineEntry => ({
    ...base(event, event.refusal.at),
    rule: 'emission:refused',
    ...(event.id !== undefined && { eventId: event.id }),
    text: `ESW refused ${event.status}: ${event.refusal.message}`,
  }));
  return [...accepted, ...refused];
}
