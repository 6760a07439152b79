/** The demo's final tables: the orders at Upvest, and the events at ESW. */
import Table from 'cli-table3';
import type { StoredEvent } from '../simulators/esw';
import type { OrderStatusView } from '../src/app/orders/read';
import type { Stack } from './stack';

/** Statuses that ESW receives of an order; for a portfolio order also `Settled` (references/esw.md#statuses). */
const EXPECTED_AT_ESW = ['Created', 'Confirmed', 'Fulfilled'];

export interface Summary {
  text: string;
  /** True when the order is settled and ESW holds each state of it and its children once, in order. */
  asExpected: boolean;
}

export function summarize(view: OrderStatusView, { upvest, esw }: Pick<Stack, 'upvest' | 'esw'>): Summary {
  const { order, reference = '' } = view;
  const children = order?.orders ?? [];
  const subjects = [
    { of: 'portfolio order', reference, expected: [...EXPECTED_AT_ESW, 'Settled'] },
    ...children.map(({ number, id }) => ({
      of: `order ${number}`,
      reference: id,
      expected: EXPECTED_AT_ESW,
    })),
  ].map((subject) => ({ ...subject, events: esw.control.events({ reference: subject.reference }) }));
  const asExpected =
    order?.status === 'SETTLED' &&
    subjects.every(({ events, expected }) => statusesOf(events).join() === expected.join()) &&
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
  for (const { of, events } of subjects) {
    const repeated = events.filter(({ replays }) => replays > 0).length;
    fulfilment.push([
      of,
      statusesOf(events).join(' → '),
      repeated === 0 ? 'each once' : `${repeated} more than once`,
    ]);
  }
  const emitted =
    upvest.control.portfolioOrders().find((truth) => truth.portfolioOrder.id === view.portfolioOrderId)
      ?.events.length ?? 0;

  const text = [
    `Orders at Upvest: ${order?.type ?? ''} ${order?.cashAmount ?? ''} ${order?.currency ?? ''} is ${order?.status ?? view.phase}, reported in ${emitted} webhook events`,
    broker.toString(),
    `Events at ESW for ${reference}`,
    fulfilment.toString(),
  ].join('\n');
  return { text, asExpected };
}

function statusesOf(events: StoredEvent[]): string[] {
  return events.map(({ body }) => String(body.status));
}
