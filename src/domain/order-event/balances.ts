/**
 * Charges and balances of an OrderEvent (references/esw.md#amounts): exact decimals, converted to JSON numbers here, or sent as
 * text where no JSON number holds them.
 */
import { currencyCode } from '../values/currency';
import { differenceNotBelowZero, isWireNumber, isZero, sum, toWireNumber } from '../values/decimal';
import { orNothing, type Charge, type NamedCharges, type Pair } from './body';
import type { Execution } from '../broker/record';

/** The members of an execution that balances need; the side is absent where unknown. */
export type SidedExecution = Pick<Execution, 'status' | 'cashAmount' | 'currency' | 'side'>;

/** Ordered amount and executions of a portfolio order or an order. */
export interface BalanceInputs {
  ordered: string | undefined;
  currency: string | undefined;
  executions: readonly SidedExecution[];
  /**
   * What `BalanceDue` is calculated from: the ordered or the executed amount, less the settled one; `zero`; or `unknown`
   * while an input is unknown. `per-side`: buys and sells have separate sums and no `BalanceDue`.
   */
  balanceDueBasis: 'ordered' | 'executed' | 'zero' | 'unknown' | 'per-side';
}

/** The inputs with all currencies as ESW gets them. */
export function withCurrencyCodes({ currency, executions, ...inputs }: BalanceInputs): BalanceInputs {
  return {
    ...inputs,
    currency: currency === undefined ? undefined : currencyCode(currency),
    executions: executions.map((one) => ({ ...one, currency: currencyCode(one.currency) })),
  };
}

/** A named amount in one currency, exact. */
export interface NamedAmount {
  name: string;
  currency: string;
  amount: string;
}

/** The cash amount of the order; none where it is absent or zero, as for rebalancing. */
export function cashAmountOf({ ordered, currency }: BalanceInputs): NamedAmount[] {
  return isOrdered(ordered) && currency !== undefined
    ? [{ name: 'CashAmount', currency, amount: ordered }]
    : [];
}

/**
 * The amounts of `balances`: the order's currency first. `Ordered` is in the order's currency, executed and settled
 * amounts are in the currency of the execution. When an execution settled in a foreign currency, the part of the order that
 * it covers is unknown, and so is the balance due of the ordered amount.
 */
export function balancesOf(inputs: BalanceInputs): NamedAmount[] {
  const executed = inputs.executions.map(({ currency }) => currency).sort();
  const currencies = new Set([...(inputs.currency === undefined ? [] : [inputs.currency]), ...executed]);
  return [...currencies].flatMap((currency) => {
    const ordered = currency === inputs.currency ? inputs.ordered : undefined;
    const amounts = [
      ...(isOrdered(ordered) ? [['Ordered', ordered] as const] : []),
      ...(inputs.balanceDueBasis === 'per-side'
        ? amountsPerSide(inputs, currency)
        : combinedAmounts(inputs, currency)),
    ];
    return amounts.map(([name, amount]) => ({ name, currency, amount }));
  });
}

/** One entry per currency with charges; undefined without any. Amounts that no JSON number holds are left out. */
export function chargesOf(type: string, amounts: readonly NamedAmount[]): NamedCharges[] | undefined {
  const byCurrency = new Map<string, Charge[]>();
  for (const { name, currency, amount: text } of amounts) {
    const amount = toWireNumber(text);
    if (amount === undefined) continue;
    const charges = byCurrency.get(currency) ?? [];
    charges.push({ name, value: { currency, amount } });
    byCurrency.set(currency, charges);
  }
  return orNothing([...byCurrency.values()].map((charges) => ({ type, charges })));
}

/** The amounts that no JSON number holds, as decimal text, with their number. */
export function amountsAsText(amounts: readonly NamedAmount[]): Pair[] {
  const long = amounts.filter(({ amount }) => !isWireNumber(amount));
  if (long.length === 0) return [];
  return [
    ['AmountsOmitted', String(long.length)],
    ...long.map(({ name, currency, amount }): Pair => [`${name}-${currency}`, amount]),
  ];
}

type Amount = readonly [name: string, amount: string];

function isOrdered(amount: string | undefined): amount is string {
  return amount !== undefined && !isZero(amount);
}

/** True for an execution that is filled or settled; excludes mistrades and executions with an unknown status. */
export function isCounted({ status }: Pick<Execution, 'status'>): boolean {
  return status === 'FILLED' || status === 'SETTLED';
}

/** True for an execution with an unknown status: whether it counts is unknown, too. */
export function isOfUnknownStatus({ status }: Pick<Execution, 'status'>): boolean {
  return status === undefined;
}

function sumsOf(executions: readonly SidedExecution[]): { executed: string; settled: string } {
  const cash = (some: readonly SidedExecution[]): string => sum(some.map((one) => one.cashAmount));
  return {
    executed: cash(executions.filter(isCounted)),
    settled: cash(executions.filter(({ status }) => status === 'SETTLED')),
  };
}

function combinedAmounts(inputs: BalanceInputs, currency: string): Amount[] {
  const { executed, settled } = sumsOf(inputs.executions.filter((one) => one.currency === currency));
  const due = balanceDue(inputs, currency, executed, settled);
  return [
    ...(inputs.executions.length > 0
      ? ([
          ['Executed', executed],
          ['Settled', settled],
        ] as const)
      : []),
    ...(due === undefined ? [] : [['BalanceDue', due] as const]),
  ];
}

/** The amount in this currency that is still to settle; undefined where it is unknown. */
function balanceDue(
  { balanceDueBasis, ordered, currency: own, executions }: BalanceInputs,
  currency: string,
  executed: string,
  settled: string,
): string | undefined {
  switch (balanceDueBasis) {
    case 'ordered': {
      const hasForeignSettlement = executions.some((one) => one.status === 'SETTLED' && one.currency !== own);
      if (currency !== own || !isOrdered(ordered) || hasForeignSettlement) return undefined;
      return differenceNotBelowZero(ordered, settled);
    }
    case 'executed':
      return differenceNotBelowZero(executed, settled);
    case 'zero':
      return '0';
    case 'unknown':
    case 'per-side':
      return undefined;
  }
}

/** Separate sums for buys and sells, without netting. An execution without a side makes the sums of both unknown. */
function amountsPerSide({ executions }: BalanceInputs, currency: string): Amount[] {
  const inCurrency = executions.filter((one) => one.currency === currency);
  if (inCurrency.some(({ side }) => side !== 'BUY' && side !== 'SELL')) return [];
  return (['Buy', 'Sell'] as const).flatMap((name): Amount[] => {
    const ofSide = inCurrency.filter(({ side }) => side === name.toUpperCase());
    if (ofSide.length === 0) return [];
    const { executed, settled } = sumsOf(ofSide);
    return [
      [`Executed${name}`, executed],
      [`Settled${name}`, settled],
    ];
  });
}
