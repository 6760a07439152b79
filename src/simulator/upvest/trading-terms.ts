import Big from 'big.js';
import type { AccountSettings } from './account-settings';
import type { Side } from './objects';

/** What an account's settings mean for the executions of one order. */
export interface TradingTerms {
  /** Executed cash as a share of the order's amount, a decimal string. */
  fillRatio: string;
  /** Taxes as a share of executed cash, a decimal string. */
  taxShare: string;
  /** `settlement_date`; `none` leaves it out, undefined reckons it. */
  settlementDate: string | undefined;
}

/** Only sells are taxed. What is wanted after taxes is executed before them, so that the rest is the amount. */
export function tradingTerms(
  { fillsAtPercent, taxPercent = '0', settlementDate }: AccountSettings,
  { side, postTax, fillRatio }: { side: Side; postTax: boolean; fillRatio: string },
): TradingTerms {
  const ratio = fillsAtPercent === undefined ? new Big(fillRatio) : new Big(fillsAtPercent).div(100);
  const taxShare = side === 'SELL' ? new Big(taxPercent).div(100) : new Big(0);
  const beforeTaxes = postTax ? ratio.div(new Big(1).minus(taxShare)) : ratio;
  return { fillRatio: beforeTaxes.toFixed(), taxShare: taxShare.toFixed(), settlementDate };
}
