import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import type { PortfolioOrderRecord } from '../src/domain/broker/record';

/**
 * The search attributes of our workflows, as typed keys for `typedSearchAttributes`, `upsertSearchAttributes` and
 * queries. Workflow code imports this module, so it imports nothing but `@temporalio/common` and types.
 *
 * They are an index for filters, never read back as facts. On SQL visibility a namespace holds 10 Keyword and 3 each of
 * KeywordList, Double and Datetime: there is room for more Keywords, little for the rest.
 */
export const searchAttributes = {
  /** Upvest's id of the portfolio order. The placement has it too, so that the reference can be found again by it. */
  portfolioOrderId: defineSearchAttributeKey('PortfolioOrderId', 'KEYWORD'),
  /** The reference under which the order was placed; absent while an order that Upvest started is not adopted. */
  orderReference: defineSearchAttributeKey('OrderReference', 'KEYWORD'),
  /** Upvest's id of the account that the order belongs to. */
  accountId: defineSearchAttributeKey('AccountId', 'KEYWORD'),
  /** The portfolio order's status as Upvest reports it, unknown values included. */
  portfolioOrderStatus: defineSearchAttributeKey('PortfolioOrderStatus', 'KEYWORD'),
  /** The portfolio order's type as Upvest reports it. */
  portfolioOrderType: defineSearchAttributeKey('PortfolioOrderType', 'KEYWORD'),
  /** Codes of everything about the order that waits for a human; empty when nothing does. */
  attention: defineSearchAttributeKey('Attention', 'KEYWORD_LIST'),
  /** Amount of the order in units of its currency. A double, hence only good for filters such as "above 1000". */
  cashAmount: defineSearchAttributeKey('CashAmount', 'DOUBLE'),
  /** The partners that fail for the order: each with since when and why, as `partner-trouble.ts` writes it. */
  partnerTrouble: defineSearchAttributeKey('PartnerTrouble', 'KEYWORD_LIST'),
  /** When the order should be settled, as an instant. */
  settlementDue: defineSearchAttributeKey('SettlementDue', 'DATETIME'),
} as const;

/** One of our search attribute keys: its name and type. */
export type OurSearchAttribute = (typeof searchAttributes)[keyof typeof searchAttributes];

/** Every search attribute that a namespace of ours must have. */
export const requiredSearchAttributes: readonly OurSearchAttribute[] = Object.values(searchAttributes);

/** The search attributes of what Upvest has reported. */
export function attributesOfRecord({
  status,
  accountId,
  type,
  cashAmount,
}: Pick<PortfolioOrderRecord, 'status' | 'accountId' | 'type' | 'cashAmount'>): SearchAttributePair[] {
  return [
    ...(status === undefined ? [] : [{ key: searchAttributes.portfolioOrderStatus, value: status }]),
    ...(accountId === undefined ? [] : [{ key: searchAttributes.accountId, value: accountId }]),
    ...(type === undefined ? [] : [{ key: searchAttributes.portfolioOrderType, value: type }]),
    // An index for filters, never read back: a number is exact enough.
    ...(cashAmount === undefined ? [] : [{ key: searchAttributes.cashAmount, value: Number(cashAmount) }]),
  ];
}
