/** What the demo says at the end: what the broker did, and what ESW received. */
import Table from 'cli-table3';
import type { OrderStatusView } from '../temporal/order-reader';
import type { Stack } from './dev-stack';

/** The P stream of a settled order (`esw-order-event.md` 8.3). */
const EXPECTED_AT_ESW = ['Created', 'Confirmed', 'Fulfilled', 'Settled'];

export interface Summary {
  text: string;
  /** True when the order is settled and ESW holds each state once, in order. */
  asExpected: boolean;
}

export function summarize(view: OrderStatusView, { upvest, esw }: Pick<Stack, 'upvest' | 'esw'>): Summary {
  const { order, reference = '' } = view;
  const events = esw.control.events({ reference });
  const statuses = events.map((event) => String(event.body.status));
  const asExpected =
    order?.status === 'SETTLED' &&
    statuses.join() === EXPECTED_AT_ESW.join() &&
    esw.control.audit().length === 0;

  const broker = new Table({
    head: ['#', 'instrument', 'side', 'order', 'executions'],
    style: { head: [], border: [] },
  });
  for (const child of order?.orders ?? []) {
    const executions = child.executions.map(
      (one) => `${one.shareQuantity} for ${one.cashAmount} ${one.currency}, ${one.status ?? '?'}`,
    );
    broker.push([
      child.number,
      child.instrumentId ?? child.id,
      child.side ?? '',
      child.status ?? '?',
      executions.join('\n'),
    ]);
  }
  const fulfilment = new Table({
    head: ['#', 'status at ESW', 'event id', 'sent'],
    style: { head: [], border: [] },
  });
  for (const { sequence, body, replays } of events) {
    fulfilment.push([
      sequence,
      String(body.status),
      String(body.id),
      replays === 0 ? 'once' : `${replays + 1} times`,
    ]);
  }
  const emitted =
    upvest.control.portfolioOrders().find((truth) => truth.portfolioOrder.id === view.portfolioOrderId)
      ?.events.length ?? 0;

  const text = [
    `What the broker did: ${order?.type ?? ''} ${order?.cashAmount ?? ''} ${order?.currency ?? ''} is ${order?.status ?? view.phase}, told in ${emitted} webhook events`,
    broker.toString(),
    `What ESW received for ${reference}`,
    fulfilment.toString(),
  ].join('\n');
  return { text, asExpected };
}
