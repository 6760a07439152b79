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

const ORDER_COLUMNS: readonly CsvColumn<OrderSummary>[] = [
  ['reference', ({ reference }) => reference],
  ['portfolioOrderId', ({ portfolioOrderId }) => portfolioOrderId],
  ['phase', ({ phase }) => phase],
  ['status', ({ status }) => status],
  ['type', ({ type }) => type],
  ['accountId', ({ accountId }) => accountId],
  ['cashAmount', ({ cashAmount }) => cashAmount],
  ['currency', ({ currency }) => currency],
  ['executed', ({ totals }) => totals?.executed],
  ['settled', ({ totals }) => totals?.settled],
  ['fees', ({ totals }) => totals?.fees],
  ['taxes', ({ totals }) => totals?.taxes],
  ['orders', ({ progress }) => progress?.orders],
  ['executions', ({ progress }) => progress?.executions],
  ['executionsSettled', ({ progress }) => progress?.settled],
  [
    'attention',
    ({ attention, interrupted }) => [...attention, ...(interrupted ? ['INTERRUPTED'] : [])].join(' '),
  ],
  ['waitingFor', ({ waitingFor }) => waitingFor],
  ['pendingEvents', ({ pending }) => pending?.events ?? 0],
  ['openedAt', ({ openedAt }) => openedAt],
  ['changedAt', ({ changedAt }) => changedAt],
  ['settlementDue', ({ settlementDue }) => settlementDue],
  ['settledAt', ({ settledAt }) => settledAt],
  ['closedAt', ({ closedAt }) => closedAt],
];

const SETTLED_COLUMNS: readonly CsvColumn<SettledDay>[] = [
  ['day', ({ day }) => day],
  ['currency', ({ currency }) => currency],
  ['orders', ({ orders }) => orders],
  ['ordered', ({ ordered }) => ordered],
  ['executed', ({ executed }) => executed],
  ['settled', ({ settled }) => settled],
  ['fees', ({ fees }) => fees],
  ['taxes', ({ taxes }) => taxes],
];

const DECISION_COLUMNS: readonly CsvColumn<DecisionEntry>[] = [
  ['number', ({ number }) => number],
  ['decidedAt', ({ decidedAt }) => decidedAt],
  ['rule', ({ rule }) => rule],
  ['actor', ({ actor }) => actor],
  ['reason', ({ reason }) => reason],
  ['reference', ({ reference }) => reference],
  ['portfolioOrderId', ({ portfolioOrderId }) => portfolioOrderId],
  ['subject', ({ subject }) => subject],
  ['hash', ({ hash }) => hash],
];
