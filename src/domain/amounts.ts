/**
 * Money conserves: what was executed is held against what was ordered, for each child and for the whole, per currency and
 * side, in exact decimals. Nothing is found while something that belongs to the sum is unknown.
 *
 * - Nominal orders fill near their amount, hence a tolerance; orders of units fill exactly or in part.
 * - Executions that were cancelled do not count, and those whose status nobody knows count for nothing certain.
 * - `post_tax` says that the amount is meant after taxes (`upvest.md` 3.2): the whole of a SELL is compared net of them.
 *   Whether the taxes of a BUY are within its amount or on top is not documented, nor how the amounts of children relate
 *   to taxes: there an amount is wrong only if it is wrong both ways.
 * - Rebalancing buys and sells, and has no amount of its own: only its children are compared.
 */
import { finding, newestOf, type Finding } from './finding-codes';
import { isDecimal, isMore, isZero, minusPercent, plusPercent, sum } from './money';
import {
  executionsOf,
  type Cause,
  type ExecutionRow,
  type OrderRow,
  type PortfolioOrderRecord,
} from './record';

/** Percent by which an executed amount of cash may differ from the ordered one. Decimal string. */
export const DEFAULT_AMOUNT_TOLERANCE = '5';

/** What was executed in one currency on one side. Decimal strings. */
export interface ExecutedSum {
  /** BUY, SELL or the broker's other word; absent where nobody says. */
  side?: string;
  currency: string;
  /** FILLED or SETTLED. */
  executed: string;
  settled: string;
  /** Of what was executed, as far as the broker told. */
  taxes: string;
}

/** The sums per currency and side, sorted by both. Cancelled executions and those of unknown status are in none. */
export function executedSums(record: PortfolioOrderRecord): ExecutedSum[] {
  const groups = new Map<string, { side: string | undefined; executions: ExecutionRow[] }>();
  for (const order of record.orders) {
    for (const execution of order.executions.filter(isCounted)) {
      const side = execution.side ?? order.side ?? sideOfWhole(record);
      const key = JSON.stringify([execution.currency, side]);
      const group = groups.get(key) ?? { side, executions: [] };
      group.executions.push(execution);
      groups.set(key, group);
    }
  }
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { side, executions }]) => ({
      ...(side !== undefined && { side }),
      currency: executions[0]?.currency ?? '',
      executed: sum(executions.map((one) => one.cashAmount)),
      settled: sum(executions.filter((one) => one.status === 'SETTLED').map((one) => one.cashAmount)),
      taxes: taxesOf(executions).known,
    }));
}

/** The sums as a phrase for humans. */
export function describeSums(sums: ExecutedSum[]): string {
  const parts = sums.map(({ side, currency, executed }) => `${side ?? 'no side'} ${executed} ${currency}`);
  return parts.length === 0 ? 'nothing' : parts.join(' and ');
}

/** Findings about amounts; see `findingsOf`. An unreadable tolerance counts as the default one. */
export function amountFindings(record: PortfolioOrderRecord, tolerance: string): Finding[] {
  const percent = isDecimal(tolerance) ? tolerance : DEFAULT_AMOUNT_TOLERANCE;
  return [
    ...findingsOfWhole(record, percent),
    ...record.orders.flatMap((order) => [
      ...(order.executions.length === 0 ? [] : findingsOfOrder(order, record, percent)),
      ...order.executions.flatMap((execution) => mismatchWithOrder(execution, order)),
    ]),
  ];
}

function findingsOfWhole(record: PortfolioOrderRecord, percent: string): Finding[] {
  const { portfolioOrderId, cashAmount, currency, type, postTax } = record;
  if (!isAmount(cashAmount) || currency === undefined) return [];
  // The type is optional (`upvest.md` 4.1); without it no side may exceed the amount. Unknown types say nothing.
  const sides = type === undefined ? ['BUY', 'SELL'] : SIDES.filter((side) => side === type);
  return sides.flatMap((side) => {
    const executions = record.orders.flatMap((order) =>
      order.executions.filter(
        (one) =>
          isCounted(one) &&
          one.currency === currency &&
          (one.side ?? order.side ?? sideOfWhole(record)) === side,
      ),
    );
    const amounts = amountsOf(executions, cashAmount, currency, percent);
    const proofs = executions.map(proofOf);
    const one = (code: AmountCode, cause: Cause | undefined): Finding[] => [
      finding(code, 'portfolio-order', portfolioOrderId, describe(amounts, side), cause),
    ];
    const over = postTax === false ? NO_TAXES : amounts.taxes;
    if (isOver(amounts, over)) return one('OVERFILLED', newestOf(proofs));

    if (type === undefined || !isAllKnown(record, executions.length)) return [];
    const proof = record.status && record.reached[record.status];
    const isNet = postTax === true && side === 'SELL';
    const isGross = postTax === false || side === 'SELL';
    const taxes = isGross ? NO_TAXES : amounts.taxes;
    return (isNet ? isShortOfNet(amounts) : isShort(amounts, taxes))
      ? one('AMOUNT_MISMATCH', newestOf([...proofs, proof]))
      : [];
  });
}

function findingsOfOrder(order: OrderRow, record: PortfolioOrderRecord, percent: string): Finding[] {
  const { id, quantity } = order;
  const counted = order.executions.filter(isCounted);
  const cause = newestOf(counted.map(proofOf));
  const one = (code: AmountCode, message: string): Finding[] => [finding(code, 'order', id, message, cause)];
  if (isAmount(quantity)) {
    const shares = sum(counted.map((execution) => execution.shareQuantity));
    const message = `executed ${shares} units, ordered ${quantity}`;
    if (isMore(shares, quantity)) return one('OVERFILLED', message);
    return isFilledAndKnown(order) && isMore(quantity, shares) ? one('AMOUNT_MISMATCH', message) : [];
  }
  const { cashAmount, currency = record.currency } = order;
  if (!isAmount(cashAmount) || currency === undefined) return [];
  const inCurrency = counted.filter((execution) => execution.currency === currency);
  const amounts = amountsOf(inCurrency, cashAmount, currency, percent);
  const { taxes } = amounts;
  const certain = record.postTax === false ? { ...taxes, isComplete: true } : taxes;
  if (isOver(amounts, certain)) return one('OVERFILLED', describe(amounts));
  const isKnown = isFilledAndKnown(order) && inCurrency.length === order.executions.length;
  return isKnown && isShort(amounts, taxes) ? one('AMOUNT_MISMATCH', describe(amounts)) : [];
}

function mismatchWithOrder(execution: ExecutionRow, order: OrderRow): Finding[] {
  const { id, currency, side, cashAmount, status } = execution;
  if (status === 'CANCELLED') return [];
  const differences = [
    ...(order.currency !== undefined && currency !== order.currency
      ? [`${cashAmount} ${currency} were executed, the order is in ${order.currency}`]
      : []),
    ...(order.side !== undefined && side !== undefined && side !== order.side
      ? [`a ${side} of ${cashAmount} ${currency} was executed, the order is a ${order.side}`]
      : []),
  ];
  if (differences.length === 0) return [];
  return [finding('AMOUNT_MISMATCH', 'execution', id, differences.join('; '), proofOf(execution))];
}

/**
 * True when nothing of a filled portfolio order can be missing from the sum: its own snapshot says so, every child is
 * filled and known, and all of it is in this sum. Where something was cancelled, other findings say so.
 */
function isAllKnown(record: PortfolioOrderRecord, executions: number): boolean {
  const { status, shown, orders } = record;
  const isFilled = (one: string | undefined): boolean => one === 'FILLED' || one === 'SETTLED';
  return (
    isFilled(status) &&
    isFilled(shown) &&
    orders.length > 0 &&
    orders.every(isFilledAndKnown) &&
    executionsOf(record).length === executions
  );
}

/**
 * True when the order's own snapshot showed it filled and listed all executions that we know. Events overtake each other
 * (`upvest.md` 5.4): known from elsewhere, or beyond that list, others may still be on their way.
 */
function isFilledAndKnown({ status, shown, executions }: OrderRow): boolean {
  return (
    status === 'FILLED' &&
    shown === 'FILLED' &&
    executions.length > 0 &&
    executions.every(
      (one) => isCounted(one) && one.unlisted === undefined && one.unknownStatuses === undefined,
    )
  );
}

const SIDES = ['BUY', 'SELL'];

function sideOfWhole({ type }: PortfolioOrderRecord): string | undefined {
  return SIDES.find((side) => side === type);
}

function isCounted({ status }: ExecutionRow): boolean {
  return status === 'FILLED' || status === 'SETTLED';
}

/** Only what can be read and is above zero says what was ordered: a record may hold anything that was sent by hand. */
function isAmount(amount: string | undefined): amount is string {
  return amount !== undefined && isDecimal(amount) && !isZero(amount);
}

type AmountCode = 'OVERFILLED' | 'AMOUNT_MISMATCH';

interface Taxes {
  known: string;
  /** False when some execution does not tell its taxes. */
  isComplete: boolean;
}

const NO_TAXES: Taxes = { known: '0', isComplete: true };

function taxesOf(executions: ExecutionRow[]): Taxes {
  const told = executions.flatMap(({ taxes }) => (taxes !== undefined && isDecimal(taxes) ? [taxes] : []));
  return { known: sum(told), isComplete: told.length === executions.length };
}

/** What was executed beside what was ordered, in one currency. */
interface Amounts {
  gross: string;
  taxes: Taxes;
  ordered: string;
  currency: string;
  percent: string;
}

function amountsOf(executions: ExecutionRow[], ordered: string, currency: string, percent: string): Amounts {
  const gross = sum(executions.map((one) => one.cashAmount));
  return { gross, taxes: taxesOf(executions), ordered, currency, percent };
}

/** True when more was executed than ordered, with these taxes and without them. The first question is the cheap one. */
function isOver({ gross, ordered, percent }: Amounts, { known, isComplete }: Taxes): boolean {
  return isComplete && isMore(gross, ordered) && isMore(gross, sum([plusPercent(ordered, percent), known]));
}

/** True when less was executed than ordered, with these taxes and without them. */
function isShort({ gross, ordered, percent }: Amounts, { known }: Taxes): boolean {
  return isMore(ordered, gross) && isMore(minusPercent(ordered, percent), sum([gross, known]));
}

/** True when what is left after the taxes we know of is less than ordered. */
function isShortOfNet({ gross, taxes, ordered, percent }: Amounts): boolean {
  return isMore(sum([minusPercent(ordered, percent), taxes.known]), gross);
}

function describe({ gross, taxes, ordered, currency, percent }: Amounts, side?: string): string {
  const executed = `executed ${side === undefined ? '' : `${side} `}${gross} ${currency}`;
  const taxed = isZero(taxes.known) ? '' : `, taxes ${taxes.known}`;
  return `${executed}, ordered ${ordered} ${currency}${taxed}, tolerance ${percent} %`;
}

function proofOf({ status, reached }: ExecutionRow): Cause | undefined {
  return status && reached[status];
}
