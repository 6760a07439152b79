/** Prints the events of an order as lines for a terminal: those that are new in each snapshot. */
import { styleText } from 'node:util';
import type { Cause } from '../../domain/broker/record';
import type { PortfolioOrderView } from '../../domain/views/order-view';
import type { ExecutionView, OrderView } from '../../domain/views/row-view';
import type { OrderStatusView } from '../../app/orders/read';
import { problemText } from '../../domain/broker/problem';
import { rejectedAt } from '../../domain/views/placement-steps';
import { follow, isEnd, once } from '../client/follow';
import { sanitized } from './text';

interface LoggedEvent {
  /** Identifies the event across snapshots. */
  key: string;
  at: string;
  who: 'Us' | 'Upvest' | 'ESW';
  text: string;
  /** How we know of it, or its id. */
  how?: string;
  /** 1 for children, 2 for their executions. */
  depth?: 1 | 2;
}

const HOW: Record<Cause['by'], string> = {
  webhook: 'webhook',
  poll: 'reconciliation',
  placement: 'answer to our POST',
  snapshot: 'order snapshot',
};

/** Remembers which events were printed. */
export class EventLog {
  private readonly printed = new Set<string>();

  /** Lines for events that are new in this snapshot, oldest first. */
  next(view: OrderStatusView): string[] {
    const all = [
      ...placement(view),
      ...(view.order ? orderEvents(view.order) : []),
      ...attentionEvents(view),
    ];
    const fresh = all.filter(({ key }) => !this.printed.has(key));
    for (const { key } of fresh) this.printed.add(key);
    return fresh.sort((a, b) => (a.at < b.at ? -1 : 1)).map(line);
  }
}

/** Sanitizes text from people and from Upvest. */
function line({ at, who, text, how, depth }: LoggedEvent): string {
  const colour = { Us: 'cyan', Upvest: 'yellow', ESW: 'green' } as const;
  const time = styleText('dim', sanitized(at.slice(11, 23)));
  const source = how === undefined ? '' : `  [${sanitized(how)}]`;
  return `${time}  ${styleText(colour[who], who.padEnd(7))} ${'  '.repeat(depth ?? 0)}${sanitized(text)}${source}`;
}

/** The time is that of the look, since the view does not tell when it happened. */
const NOTICED = 'noticed now';

function attentionEvents(view: OrderStatusView): LoggedEvent[] {
  const at = new Date().toISOString();
  const text = 'the workflow of this order was terminated or failed; restart it with reconcile';
  return [
    ...(view.interrupted ? [{ key: 'interrupted', at, who: 'Us' as const, text, how: NOTICED }] : []),
    ...[...(view.placement?.attentions ?? []), ...(view.order?.attentions ?? [])].map(
      ({ code, key, since, message }): LoggedEvent => ({
        key: `attention|${key}`,
        at: since ?? at,
        who: 'Us',
        text: `needs attention: ${code} ${message}`,
        ...(since === undefined && { how: NOTICED }),
      }),
    ),
  ];
}

function placement({ placement: asked, phase }: OrderStatusView): LoggedEvent[] {
  if (asked === undefined) return [];
  const { side, cashAmount, currency, accountId } = asked.request;
  const start: LoggedEvent = {
    key: 'placement',
    at: asked.requestedAt,
    who: 'Us',
    text: `placing ${side} ${cashAmount} ${currency} on account ${accountId} as ${asked.reference}`,
  };
  if (phase !== 'REFUSED') return [start];
  const { problem } = asked;
  const text = `${problem?.retryable ? 'not placed in time' : 'rejected the order'}${problem === undefined ? '' : `: ${problemText(problem)}`}`;
  return [start, { key: 'refused', at: rejectedAt(asked) ?? asked.requestedAt, who: 'Upvest', text }];
}

function orderEvents(order: PortfolioOrderView): LoggedEvent[] {
  const own = order.reached.map(({ status, at, by }): LoggedEvent => {
    const amount =
      status === 'NEW' ? ` (${order.type ?? ''} ${order.cashAmount ?? ''} ${order.currency ?? ''})` : '';
    const text = `portfolio order ${order.portfolioOrderId} is ${status}${amount}`;
    return { key: `portfolio-order|${status}`, at, who: 'Upvest', text, how: HOW[by] };
  });
  const esw = order.fulfillment.accepted.map(({ status, id, at }): LoggedEvent => ({
    key: `esw|${id}`,
    at: at ?? order.reached.at(-1)?.at ?? '',
    who: 'ESW',
    text: `accepted the event for ${status}`,
    how: id,
  }));
  return [...own, ...order.orders.flatMap(childEvents), ...esw];
}

function evidenceOf({ reached }: OrderView | ExecutionView): [status: string, Pick<Cause, 'at' | 'by'>][] {
  return Object.entries(reached).flatMap(([status, one]) => (one === undefined ? [] : [[status, one]]));
}

function childEvents(order: OrderView): LoggedEvent[] {
  const name = `order ${order.number}${order.instrumentId === undefined ? '' : ` ${order.instrumentId}`}`;
  const own = evidenceOf(order).map(([status, { at, by }]): LoggedEvent => ({
    key: `order|${order.id}|${status}`,
    at,
    who: 'Upvest',
    text: `${name} is ${status}`,
    how: HOW[by],
    depth: 1,
  }));
  const executions = order.executions.flatMap((one) =>
    evidenceOf(one).map(([status, { at, by }]): LoggedEvent => ({
      key: `execution|${one.id}|${status}`,
      at,
      who: 'Upvest',
      text: `execution of ${name} is ${status}: ${one.shareQuantity} for ${one.cashAmount} ${one.currency}`,
      how: HOW[by],
      depth: 2,
    })),
  );
  return [...own, ...executions];
}

/** Follows an order until it is finished, rejected or not placed, and prints its events. @returns the last snapshot */
export async function printUntilEnd(
  read: () => Promise<OrderStatusView>,
  print: (line: string) => void,
): Promise<OrderStatusView> {
  const log = new EventLog();
  for await (const view of follow(() => once(read))) {
    log.next(view).forEach(print);
    if (isEnd(view)) return view;
  }
  throw new Error('The order ended without a final snapshot');
}
