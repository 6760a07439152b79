/** Lists and reports as comma-separated values. Others rely on the names of columns and on their order: new ones come last. */
import { csvText, type CsvColumn } from '../lib/csv';
import type { OrderSummary } from './ports/order-list';
import type { DecisionEntry, SettledDay } from './ports/reports';

/** Text in pieces, the first with the names of the columns. */
export type CsvPieces = AsyncGenerator<string, void, undefined>;

export function orderCsv(batches: AsyncIterable<OrderSummary[]>): CsvPieces {
  return csvText(ORDER_COLUMNS, batches);
}

export function decisionCsv(batches: AsyncIterable<DecisionEntry[]>): CsvPieces {
  return csvText(DECISION_COLUMNS, batches);
}

export function settledCsv(days: readonly SettledDay[]): CsvPieces {
  return csvText(SETTLED_COLUMNS, [days]);
}

const text = (name: string, value: (order: OrderSummary) => string | undefined): CsvColumn<OrderSummary> => ({
  ...{ name, value },
  kind: 'text',
});
const number = (
  name: string,
  value: (order: OrderSummary) => string | number | undefined,
): CsvColumn<OrderSummary> => ({ name, value, kind: 'number' });

const ORDER_COLUMNS: readonly CsvColumn<OrderSummary>[] = [
  text('reference', ({ reference }) => reference),
  text('portfolioOrderId', ({ portfolioOrderId }) => portfolioOrderId),
  text('phase', ({ phase }) => phase),
  text('status', ({ status }) => status),
  text('type', ({ type }) => type),
  text('accountId', ({ accountId }) => accountId),
  number('cashAmount', ({ cashAmount }) => cashAmount),
  text('currency', ({ currency }) => currency),
  number('executed', ({ totals }) => totals?.executed),
  number('settled', ({ totals }) => totals?.settled),
  number('fees', ({ totals }) => totals?.fees),
  number('taxes', ({ totals }) => totals?.taxes),
  number('orders', ({ progress }) => progress?.orders),
  number('executions', ({ progress }) => progress?.executions),
  number('executionsSettled', ({ progress }) => progress?.settled),
  text('attention', ({ attention, interrupted }) =>
    [...attention, ...(interrupted ? ['INTERRUPTED'] : [])].join(' '),
  ),
  text('waitingFor', ({ waitingFor }) => waitingFor),
  number('pendingEvents', ({ pending }) => pending?.events ?? 0),
  text('openedAt', ({ openedAt }) => openedAt),
  text('changedAt', ({ changedAt }) => changedAt),
  text('settlementDue', ({ settlementDue }) => settlementDue),
  text('settledAt', ({ settledAt }) => settledAt),
  text('closedAt', ({ closedAt }) => closedAt),
];

const SETTLED_COLUMNS: readonly CsvColumn<SettledDay>[] = [
  { name: 'day', kind: 'text', value: ({ day }) => day },
  { name: 'currency', kind: 'text', value: ({ currency }) => currency },
  { name: 'orders', kind: 'number', value: ({ orders }) => orders },
  { name: 'ordered', kind: 'number', value: ({ ordered }) => ordered },
  { name: 'executed', kind: 'number', value: ({ executed }) => executed },
  { name: 'settled', kind: 'number', value: ({ settled }) => settled },
  { name: 'fees', kind: 'number', value: ({ fees }) => fees },
  { name: 'taxes', kind: 'number', value: ({ taxes }) => taxes },
];

const DECISION_COLUMNS: readonly CsvColumn<DecisionEntry>[] = [
  { name: 'number', kind: 'number', value: ({ number }) => number },
  { name: 'decidedAt', kind: 'text', value: ({ decidedAt }) => decidedAt },
  { name: 'rule', kind: 'text', value: ({ rule }) => rule },
  { name: 'actor', kind: 'text', value: ({ actor }) => actor },
  { name: 'reason', kind: 'text', value: ({ reason }) => reason },
  { name: 'reference', kind: 'text', value: ({ reference }) => reference },
  { name: 'portfolioOrderId', kind: 'text', value: ({ portfolioOrderId }) => portfolioOrderId },
  { name: 'subject', kind: 'text', value: ({ subject }) => subject },
  { name: 'hash', kind: 'text', value: ({ hash }) => hash },
];
