/** Describes the deadlines of an order: what it waits for, the next check, and when it needs attention. */
import type { DeadlineView } from '../../domain/views/deadline-view';
import type { PortfolioOrderView } from '../../domain/views/order-view';
import { POSTS_END_AFTER_MS } from '../../domain/broker/placement';
import type { OrderStatusView, ShownPlacement } from '../../app/orders/read';
import { moment, sanitized } from './text';

/** Next automatic actions; none for interrupted orders. */
export function deadlineTexts({ order, placement, interrupted }: OrderStatusView, now: number): string[] {
  if (interrupted) return [];
  if (order) return orderTexts(order, now);
  return placement ? placementTexts(placement, now) : [];
}

/** One sentence per active deadline, and one for a paused queue to ESW. */
function orderTexts({ waits, fulfillment }: PortfolioOrderView, now: number): string[] {
  const { paused } = fulfillment;
  return [
    ...waits.map((deadline) => deadlineText(deadline, now)),
    ...(paused
      ? [
          `ESW accepts no events now (${sanitized(paused.message)}): next attempt ${moment(paused.until, now)}, or at once with retry-emission.`,
        ]
      : []),
  ];
}

/** Servers of earlier releases send no text. */
function deadlineText(
  { rule, text = rule, asksAt, asked, attentionAt, overdue }: Omit<DeadlineView, 'text'> & { text?: string },
  now: number,
): string {
  const before = asked === 0 ? '' : `asked Upvest ${asked} time${asked === 1 ? '' : 's'}, `;
  const due = asked === 0 ? 'asking Upvest now' : 'asking again now';
  const next = Date.parse(asksAt) > now ? `next check with Upvest ${moment(asksAt, now)}` : due;
  return `${text}: ${before}${next}${attentionText(attentionAt, overdue, now)}. [${rule}]`;
}

function attentionText(attentionAt: string | undefined, overdue: boolean, now: number): string {
  if (attentionAt === undefined) return '';
  return overdue
    ? `; OVERDUE since ${moment(attentionAt, now)}`
    : `; needs attention if nothing changes by ${moment(attentionAt, now)}`;
}

/** For an order that is not placed yet. */
function placementTexts({ phase, requestedAt, actions }: ShownPlacement, now: number): string[] {
  // Temporal no longer has it: nothing is repeated.
  if ((phase === 'PLACING' || phase === 'UNKNOWN') && actions?.length === 0) return [];
  const end = moment(new Date(Date.parse(requestedAt) + POSTS_END_AFTER_MS).toISOString(), now);
  switch (phase) {
    case 'PLACING':
      return [
        `We repeat the POST with the same key until ${end}; after that we only look the order up, and it needs attention.`,
      ];
    case 'UNKNOWN':
      return [
        'We look the order up at Upvest, at growing intervals, until one matches or an operator identifies it. It is never placed a second time.',
      ];
    case 'HANDING_OVER':
    case 'PLACED':
      return ['Upvest has the order; its workflow takes over in a moment.'];
    case 'REFUSED':
    case 'NOT_PLACED':
    case 'NOT_STARTED':
      return [];
  }
}
