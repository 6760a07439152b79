/** The money of an OrderEvent (`esw-order-event.md` 8.6): exact decimals inside, JSON numbers only here at the end. */
import { differenceNotBelowZero, isZero, sum, toWireNumber } from './money';
import type { NamedCharges } from './order-event-body';
import type { ExecutionRow } from './record';

/** A trade with the side that it certainly has. */
export type SidedExecution = Pick<ExecutionRow, 'status' | 'cashAmount' | 'currency' | 'side'>;

/** What a portfolio order or an order ordered and got. */
export interface Account {
  ordered: string | undefined;
  currency: string | undefined;
  executions: readonly SidedExecution[];
  /**
   * What `BalanceDue` is: the order less what settled, the trades less what settled, or nothing at all. Unknown while
   * amounts that belong to it are; none where the sides are kept apart.
   */
  due: 'order' | 'trades' | 'nothing' | 'unknown' | 'sides-apart';
}

/** `orderCharges`: the cash amount of the order; nothing where it is blank or zero, as for rebalancing. */
export function cashCharge({ ordered, currency }: Account): NamedCharges | undefined {
  if (!isOrdered(ordered) || currency === undefined) return undefined;
  return chargesOf('Total', currency, [['CashAmount', ordered]]);
}

/**
 * `balances`: one entry per currency, that of the order first. `Ordered` belongs to the order's currency alone, what was
 * executed and settled to its own. What settled in a foreign currency pays for a part of the order that nobody told us:
 * then it is not known what is left of the order.
 */
export function balancesOf(account: Account): NamedCharges[] {
  const foreign = account.executions.map(({ currency }) => currency).sort();
  const currencies = new Set([...(account.currency === undefined ? [] : [account.currency]), ...foreign]);
  return [...currencies].flatMap((currency) => {
    const ordered = currency === account.currency ? account.ordered : undefined;
    const amounts = [
      ...(isOrdered(ordered) ? [['Ordered', ordered] as const] : []),
      ...(account.due === 'sides-apart' ? sidesApart(account, currency) : together(account, currency)),
    ];
    return amounts.length > 0 ? [chargesOf('OrderBalance', currency, amounts)] : [];
  });
}

type Amount = readonly [name: string, amount: string];

function chargesOf(type: string, currency: string, amounts: readonly Amount[]): NamedCharges {
  const charges = amounts.map(([name, amount]) => ({
    name,
    value: { currency, amount: toWireNumber(amount) },
  }));
  return { type, charges };
}

function isOrdered(amount: string | undefined): amount is string {
  return amount !== undefined && !isZero(amount);
}

/** True for a trade whose cash moves or has moved; not for a mistrade, nor for one whose status nobody knows. */
export function isCounted({ status }: Pick<ExecutionRow, 'status'>): boolean {
  return status === 'FILLED' || status === 'SETTLED';
}

/** True for a trade of which nobody can say whether it counts. */
export function isOfUnknownStatus({ status }: Pick<ExecutionRow, 'status'>): boolean {
  return status === undefined;
}

function sumsOf(executions: readonly SidedExecution[]): { executed: string; settled: string } {
  const cash = (some: readonly SidedExecution[]): string => sum(some.map((one) => one.cashAmount));
  return {
    executed: cash(executions.filter(isCounted)),
    settled: cash(executions.filter(({ status }) => status === 'SETTLED')),
  };
}

function together(account: Account, currency: string): Amount[] {
  const { executed, settled } = sumsOf(account.executions.filter((one) => one.currency === currency));
  const due = balanceDue(account, currency, executed, settled);
  return [
    ...(account.executions.length > 0
      ? ([
          ['Executed', executed],
          ['Settled', settled],
        ] as const)
      : []),
    ...(due === undefined ? [] : [['BalanceDue', due] as const]),
  ];
}

/** The cash leg that is still open in this currency; undefined where that cannot be known. */
function balanceDue(
  { due, ordered, currency: own, executions }: Account,
  currency: string,
  executed: string,
  settled: string,
): string | undefined {
  switch (due) {
    case 'order': {
      const isPaidAbroad = executions.some((one) => one.status === 'SETTLED' && one.currency !== own);
      if (currency !== own || !isOrdered(ordered) || isPaidAbroad) return undefined;
      return differenceNotBelowZero(ordered, settled);
    }
    case 'trades':
      return differenceNotBelowZero(executed, settled);
    case 'nothing':
      return '0';
    case 'unknown':
    case 'sides-apart':
      return undefined;
  }
}

/** Where both sides may be traded nothing is netted. Trades without a side leave the sums of both unknown. */
function sidesApart({ executions }: Account, currency: string): Amount[] {
  const traded = executions.filter((one) => one.currency === currency);
  if (traded.some(({ side }) => side !== 'BUY' && side !== 'SELL')) return [];
  return (['Buy', 'Sell'] as const).flatMap((word): Amount[] => {
    const ofSide = traded.filter(({ side }) => side === word.toUpperCase());
    if (ofSide.length === 0) return [];
    const { executed, settled } = sumsOf(ofSide);
    return [
      [`Executed${word}`, executed],
      [`Settled${word}`, settled],
    ];
  });
}
