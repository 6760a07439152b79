/**
 * Compares executed with ordered amounts, for each child and for the portfolio order, per currency and side, in exact
 * decimals. Shortfalls are reported only once all inputs of the sum are known.
 *
 * - Nominal orders fill near their amount, hence a tolerance; orders of units fill exactly or in part.
 * - Cancelled executions and executions with an unknown status are excluded.
 * - `post_tax` means that the amount is net of taxes (references/upvest.md#place-a-portfolio-order): the total of a
 *   SELL is compared net. Whether the amount of a BUY includes its taxes is not documented, nor how amounts of children
 *   relate to taxes; there a finding is raised only if the amount is wrong under both readings.
 * - Rebalancing buys and sells, and has no amount of its own: only its children are compared.
 */
import { finding, newestOf, type Finding } from './codes';
import { currencyCode, sameCurrency } from '../values/currency';
import { isDecimal, isMore, isZero, minusPercent, plusPercent, sum } from '../values/decimal';
import {
  executionsOf,
  type StoredCause,
  type Execution,
  type ChildOrder,
  type PortfolioOrderRecord,
} from '../broker/record';

/** Percent by which an executed cash amount may differ from the ordered one. Decimal string. */
export const DEFAULT_AMOUNT_TOLERANCE = '5';

/** Amounts in one currency on one side. Decimal strings. */
export interface ExecutedSum {
  /** BUY, SELL or another value of the broker; absent where unknown. */
  side?: string;
  currency: string;
  /** Sum over FILLED and SETTLED executions. */
  executed: string;
  settled: string;
  /** Taxes on the executed amount, as far as the broker reported them. */
  taxes: string;
  /** Fees of child orders, with or without executions, as far as the broker reported them. */
  fees: string;
}

interface SumGroup {
  side: string | undefined;
  currency: string;
  executions: Execution[];
  fees: string[];
}

/**
 * Sums per currency and side, sorted by both, without cancelled executions and those with an unknown status. A fee counts
 * in the currency and on the side of its child order, whatever those of its executions; a pair that only has fees has a
 * sum, too.
 */
export function executedSums(record: PortfolioOrderRecord): ExecutedSum[] {
  return sumGroups(record).map(sumOf);
}

/** Those of the {@link executedSums} that have executions. */
export function tradedSums(record: PortfolioOrderRecord): ExecutedSum[] {
  return sumGroups(record)
    .filter(({ executions }) => executions.length > 0)
    .map(sumOf);
}

function sumGroups(record: PortfolioOrderRecord): SumGroup[] {
  const groups = new Map<string, SumGroup>();
  const groupOf = (side: string | undefined, currency: string): SumGroup => {
    const key = JSON.stringify([currencyCode(currency), side]);
    const group = groups.get(key) ?? { side, currency, executions: [], fees: [] };
    groups.set(key, group);
    return group;
  };
  // Executions first: of several spellings of a currency, the sum has that of the first execution.
  for (const order of record.orders)
    for (const one of order.executions.filter(isCounted))
      groupOf(one.side ?? order.side ?? sideOf(record), one.currency).executions.push(one);
  for (const order of record.orders) {
    // As for executions, the portfolio order's value is the last resort. Without any currency the fee cannot be summed.
    const { fee, currency = only(order.executions.map((one) => one.currency)) ?? record.currency } = order;
    if (!isAmount(fee) || currency === undefined) continue;
    const side = order.side ?? only(order.executions.flatMap((one) => one.side ?? [])) ?? sideOf(record);
    groupOf(side, currency).fees.push(fee);
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

function sumOf({ side, currency, executions, fees }: SumGroup): ExecutedSum {
  return {
    ...(side !== undefined && { side }),
    currency,
    executed: sum(executions.map((one) => one.cashAmount)),
    settled: sum(executions.filter((one) => one.status === 'SETTLED').map((one) => one.cashAmount)),
    taxes: taxesOf(executions).known,
    fees: sum(fees),
  };
}

/** The value, where all are the same. */
function only(values: string[]): string | undefined {
  return new Set(values).size === 1 ? values[0] : undefined;
}

/** The sums as a phrase for people. */
export function describeSums(sums: ExecutedSum[]): string {
  const parts = sums.map(({ side, currency, executed }) => `${side ?? 'no side'} ${executed} ${currency}`);
  return parts.length === 0 ? 'nothing' : parts.join(' and ');
}

/** Findings about amounts; see `findingsOf`. An invalid tolerance counts as the default. */
export function amountFindings(record: PortfolioOrderRecord, tolerance: string): Finding[] {
  const percent = isDecimal(tolerance) ? tolerance : DEFAULT_AMOUNT_TOLERANCE;
  return [
    ...portfolioOrderFindings(record, percent),
    ...record.orders.flatMap((order) => [
      ...(order.executions.length === 0 ? [] : orderFindings(order, record, percent)),
      ...order.executions.flatMap((execution) => mismatchWithOrder(execution, order)),
    ]),
  ];
}

function portfolioOrderFindings(record: PortfolioOrderRecord, percent: string): Finding[] {
  const { portfolioOrderId, cashAmount, currency, type, postTax } = record;
  if (!isAmount(cashAmount) || currency === undefined) return [];
  // The type is optional (references/upvest.md#portfolio-order); without it neither side may exceed the amount. Unknown
  // types are not compared.
  const sides = type === undefined ? ['BUY', 'SELL'] : SIDES.filter((side) => side === type);
  return sides.flatMap((side) => {
    const executions = record.orders.flatMap((order) =>
      order.executions.filter(
        (one) =>
          isCounted(one) &&
          sameCurrency(one.currency, currency) &&
          (one.side ?? order.side ?? sideOf(record)) === side,
      ),
    );
    const amounts = amountsOf(executions, cashAmount, currency, percent);
    const causes = executions.map(evidenceOf);
    const one = (code: AmountCode, cause: StoredCause | undefined): Finding[] => [
      finding(code, 'portfolio-order', portfolioOrderId, describe(amounts, side), cause, side),
    ];
    const over = postTax === false ? NO_TAXES : amounts.taxes;
    if (isOver(amounts, over)) return one('OVERFILLED', newestOf(causes));

    if (type === undefined || !isFullyReported(record, executions.length)) return [];
    const evidence = record.status && record.reached[record.status];
    const isNet = postTax === true && side === 'SELL';
    const isGross = postTax === false || side === 'SELL';
    const taxes = isGross ? NO_TAXES : amounts.taxes;
    return (isNet ? isShortOfNet(amounts) : isShort(amounts, taxes))
      ? one('AMOUNT_MISMATCH', newestOf([...causes, evidence]))
      : [];
  });
}

function orderFindings(order: ChildOrder, record: PortfolioOrderRecord, percent: string): Finding[] {
  const { id, quantity } = order;
  const counted = order.executions.filter(isCounted);
  const cause = newestOf(counted.map(evidenceOf));
  const one = (code: AmountCode, message: string): Finding[] => [finding(code, 'order', id, message, cause)];
  if (isAmount(quantity)) {
    const shares = sum(counted.map((execution) => execution.shareQuantity));
    const message = `executed ${shares} units, ordered ${quantity}`;
    if (isMore(shares, quantity)) return one('OVERFILLED', message);
    return isFilledAndKnown(order) && isMore(quantity, shares) ? one('AMOUNT_MISMATCH', message) : [];
  }
  const { cashAmount, currency = record.currency } = order;
  if (!isAmount(cashAmount) || currency === undefined) return [];
  const inCurrency = counted.filter((execution) => sameCurrency(execution.currency, currency));
  const amounts = amountsOf(inCurrency, cashAmount, currency, percent);
  const { taxes } = amounts;
  const certainTaxes = record.postTax === false ? { ...taxes, isComplete: true } : taxes;
  if (isOver(amounts, certainTaxes)) return one('OVERFILLED', describe(amounts));
  const isKnown = isFilledAndKnown(order) && inCurrency.length === order.executions.length;
  return isKnown && isShort(amounts, taxes) ? one('AMOUNT_MISMATCH', describe(amounts)) : [];
}

function mismatchWithOrder(execution: Execution, order: ChildOrder): Finding[] {
  const { id, currency, side, cashAmount, status } = execution;
  if (status === 'CANCELLED') return [];
  const differences = [
    ...(order.currency !== undefined && !sameCurrency(currency, order.currency)
      ? [`executed ${cashAmount} ${currency}, but the order is in ${order.currency}`]
      : []),
    ...(order.side !== undefined && side !== undefined && side !== order.side
      ? [`executed a ${side} of ${cashAmount} ${currency}, but the order is a ${order.side}`]
      : []),
  ];
  if (differences.length === 0) return [];
  return [finding('AMOUNT_MISMATCH', 'execution', id, differences.join('; '), evidenceOf(execution))];
}

/**
 * True when the sum includes all executions of a filled portfolio order: its own snapshot shows it filled, every child is
 * filled and fully known, and all executions are in this sum. Cancelled parts have findings of their own.
 */
function isFullyReported(record: PortfolioOrderRecord, executions: number): boolean {
  const { status, snapshot, orders } = record;
  const isFilled = (one: string | undefined): boolean => one === 'FILLED' || one === 'SETTLED';
  return (
    isFilled(status) &&
    isFilled(snapshot) &&
    orders.length > 0 &&
    orders.every(isFilledAndKnown) &&
    executionsOf(record).length === executions
  );
}

/**
 * True when the order's own snapshot shows it filled and lists all executions that we know. Without such a snapshot, or
 * with an execution that it does not list, further executions may still be reported
 * (references/upvest.md#delivery-semantics).
 */
function isFilledAndKnown({ status, snapshot, executions }: ChildOrder): boolean {
  return (
    status === 'FILLED' &&
    snapshot === 'FILLED' &&
    executions.length > 0 &&
    executions.every(
      (one) => isCounted(one) && one.unlisted === undefined && one.unknownStatuses === undefined,
    )
  );
}

const SIDES = ['BUY', 'SELL'];

function sideOf({ type }: PortfolioOrderRecord): string | undefined {
  return SIDES.find((side) => side === type);
}

function isCounted({ status }: Execution): boolean {
  return status === 'FILLED' || status === 'SETTLED';
}

/** True for a valid amount above zero; signals sent manually can put anything into the record. */
function isAmount(amount: string | undefined): amount is string {
  return amount !== undefined && isDecimal(amount) && !isZero(amount);
}

type AmountCode = 'OVERFILLED' | 'AMOUNT_MISMATCH';

interface Taxes {
  known: string;
  /** False when the taxes of some execution are unknown. */
  isComplete: boolean;
}

const NO_TAXES: Taxes = { known: '0', isComplete: true };

function taxesOf(executions: Execution[]): Taxes {
  const known = executions.flatMap(({ taxes }) => (taxes !== undefined && isDecimal(taxes) ? [taxes] : []));
  return { known: sum(known), isComplete: known.length === executions.length };
}

/** Executed and ordered amount in one currency. */
interface Amounts {
  gross: string;
  taxes: Taxes;
  ordered: string;
  currency: string;
  percent: string;
}

function amountsOf(executions: Execution[], ordered: string, currency: string, percent: string): Amounts {
  const gross = sum(executions.map((one) => one.cashAmount));
  return { gross, taxes: taxesOf(executions), ordered, currency, percent };
}

/** True when more was executed than ordered, whether or not the taxes are included. Checks the cheap condition first. */
function isOver({ gross, ordered, percent }: Amounts, { known, isComplete }: Taxes): boolean {
  return isComplete && isMore(gross, ordered) && isMore(gross, sum([plusPercent(ordered, percent), known]));
}

/** True when less was executed than ordered, whether or not the taxes are included. */
function isShort({ gross, ordered, percent }: Amounts, { known }: Taxes): boolean {
  return isMore(ordered, gross) && isMore(minusPercent(ordered, percent), sum([gross, known]));
}

/** True when the amount net of the known taxes is less than ordered. */
function isShortOfNet({ gross, taxes, ordered, percent }: Amounts): boolean {
  return isMore(sum([minusPercent(ordered, percent), taxes.known]), gross);
}

function describe({ gross, taxes, ordered, currency, percent }: Amounts, side?: string): string {
  const executed = `executed ${side === undefined ? '' : `${side} `}${gross} ${currency}`;
  const taxed = isZero(taxes.known) ? '' : `, taxes ${taxes.known}`;
  return `${executed}, ordered ${ordered} ${currency}${taxed}, tolerance ${percent} %`;
}

function evidenceOf({ status, reached }: Execution): StoredCause | undefined {
  return status && reached[status];
}
