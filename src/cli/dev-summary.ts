/** What the demo says at the end: what the broker did, and what ESW received. */
import Table from 'cli-table3';
import type { StoredEvent } from '../simulator/esw';
import type { OrderStatusView } from '../temporal/order-reader';
import type { Stack } from './dev-stack';

/** What ESW is told of an order; of a portfolio order `Settled`, too (`esw-order-event.md` 8.3). */
const EXPECTED_AT_ESW = ['Created', 'Confirmed', 'Fulfilled'];

export interface Summary {
  text: string;
  /** True when the order is settled and ESW holds each state of it and its children once, in order. */
  asExpected: boolean;
}

export function summarize(view: OrderStatusView, { upvest, esw }: Pick<Stack, 'upvest' | 'esw'>): Summary {
  const { order, reference = '' } = view;
  const children = order?.orders ?? [];
  const told = [
    { of: 'portfolio order', reference, expected: [...EXPECTED_AT_ESW, 'Settled'] },
    ...children.map(({ number, id }) => ({
      of: `order ${number}`,
      reference: id,
      expected: EXPECTED_AT_ESW,
    })),
  ].map((subject) => ({ ...subject, events: esw.control.events({ reference: subject.reference }) }));
  const asExpected =
    order?.status === 'SETTLED' &&
    told.every(({ events, expected }) => statusesOf(events).join() === expected.join()) &&
    esw.control.audit().length === 0;

  const broker = new Table({
    head: ['#', 'instrument', 'side', 'order', 'executions'],
    style: { head: [], border: [] },
  });
  for (const child of children) {
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
    head: ['events about', 'status at ESW', 'sent'],
    style: { head: [], border: [] },
  });
  for (const { of, events } of told) {
    const again = events.filter(({ replays }) => replays > 0).length;
    fulfilment.push([
      of,
      statusesOf(events).join(' → '),
      again === 0 ? 'each once' : `${again} more than once`,
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

function statusesOf(events: StoredEvent[]): string[] {
  return events.map(({ body }) => String(body.status));
}
