/**
 * Amounts with more digits than ESW's JSON numbers hold (references/esw.md#amounts), of the portfolio order and of each child:
 * ordered, executed and settled amounts, and what is open of them.
 */
import { tradedSums, type ExecutedSum } from './amounts';
import { finding, newestOf, type Finding } from './codes';
import { executionsOf, type PortfolioOrderRecord, type StatusEvidence } from '../broker/record';
import { sameCurrency } from '../values/currency';
import { differenceNotBelowZero, hasFewDigits, isWireNumber } from '../values/decimal';

/** Findings about the digits of amounts; see `findingsOf`. */
export function longAmountFindings(record: PortfolioOrderRecord): Finding[] {
  if (hasFewDigits(reportedAmounts(record))) return [];
  const { portfolioOrderId, orders, currency } = record;
  return [
    ...ofSubject('portfolio-order', portfolioOrderId, record, record),
    ...orders.flatMap((order) =>
      ofSubject(
        'order',
        order.id,
        { ...order, currency: order.currency ?? currency },
        { ...record, orders: [order] },
      ),
    ),
  ];
}

function reportedAmounts(record: PortfolioOrderRecord): string[] {
  return [
    ...[record, ...record.orders].flatMap(({ cashAmount }) => cashAmount ?? []),
    ...executionsOf(record).map(({ cashAmount }) => cashAmount),
  ];
}

interface Subject {
  cashAmount?: string | undefined;
  currency?: string | undefined;
  reached: Partial<Record<string, StatusEvidence>>;
}

function ofSubject(
  subject: 'portfolio-order' | 'order',
  id: string,
  { cashAmount, currency = '', reached }: Subject,
  record: PortfolioOrderRecord,
): Finding[] {
  const ordered = cashAmount === undefined ? [] : [{ what: 'ordered', amount: cashAmount, currency }];
  const executed = tradedSums(record).flatMap((sums) => amountsOf(sums, cashAmount, currency));
  const long = [...ordered, ...executed].filter(({ amount }) => !isWireNumber(amount));
  if (long.length === 0) return [];
  const amounts = long.map((one) => `${one.what} ${one.amount} ${one.currency}`).join(', ');
  const cause = newestOf([
    ...Object.values(reached),
    ...executionsOf(record).map((one) => one.status && one.reached[one.status]),
  ]);
  return [finding('LONG_AMOUNT', subject, id, `more digits than ESW’s numbers hold: ${amounts}`, cause)];
}

function amountsOf(
  { executed, settled, currency }: ExecutedSum,
  ordered: string | undefined,
  own: string,
): { what: string; amount: string; currency: string }[] {
  const isOwn = ordered !== undefined && sameCurrency(currency, own);
  return [
    { what: 'executed', amount: executed, currency },
    { what: 'settled', amount: settled, currency },
    { what: 'open', amount: differenceNotBelowZero(executed, settled), currency },
    ...(isOwn ? [{ what: 'open', amount: differenceNotBelowZero(ordered, settled), currency }] : []),
  ];
}
