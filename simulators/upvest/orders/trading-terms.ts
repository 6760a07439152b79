import Big from 'big.js';
import type { AccountSettings } from '../access/account-settings';
import type { Side } from './wire-objects';

/** Execution parameters of one order, derived from the settings of its account. */
export interface TradingTerms {
  /** Executed cash as a ratio of the order's amount, a decimal string. */
  fillRatio: string;
  /** Taxes as a ratio of executed cash, a decimal string. */
  taxRatio: string;
  /** `settlement_date`; `none` omits it, undefined computes it. */
  settlementDate: string | undefined;
  /** `fee` of the order, a decimal string. */
  fee: string;
}

/** Only sells are taxed. With `postTax` the executed cash is higher, so that the amount remains after taxes. */
export function tradingTerms(
  { fillsAtPercent, taxPercent = '0', orderFee = '0.0', settlementDate }: AccountSettings,
  { side, postTax, fillRatio }: { side: Side; postTax: boolean; fillRatio: string },
): TradingTerms {
  const ratio = fillsAtPercent === undefined ? new Big(fillRatio) : new Big(fillsAtPercent).div(100);
  const taxRatio = side === 'SELL' ? new Big(taxPercent).div(100) : new Big(0);
  const beforeTaxes = postTax ? ratio.div(new Big(1).minus(taxRatio)) : ratio;
  return { fillRatio: beforeTaxes.toFixed(), taxRatio: taxRatio.toFixed(), settlementDate, fee: orderFee };
}
