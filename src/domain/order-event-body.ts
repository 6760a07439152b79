/** The members of an OrderEvent that are sent (`esw-order-event.md` 2, 8.4), and small helpers to fill them. */

export interface NameValue {
  name: string;
  value: string;
}

export interface Charge {
  name: string;
  value: { currency: string; amount: number };
}

export interface NamedCharges {
  type: string;
  charges: Charge[];
}

export interface LineItem {
  id: string;
  lineItemId: string;
  retailerLineItemId: string;
  quantity: number;
  metadataItems: NameValue[] | undefined;
}

export interface FinancialTransaction {
  id: string;
  type: string;
  status: string;
}

export interface OrderTransaction {
  id: string;
  type: string;
  status: string;
  transactionReference: string;
  retailerTransactionDateTime: string;
  actionedBy: string;
  actionedByUser: string;
  reason: string | undefined;
}

export interface Comment {
  id: string;
  actionType: string;
  text: string;
  creationDateTime: string;
}

/** All of them are named, so that none is forgotten; those that are undefined are not sent. */
export interface OrderEventBody {
  id: string;
  orderType: string | undefined;
  brandOrderReference: string;
  parentBrandOrderReference: string | undefined;
  eswOrderReference: string | undefined;
  tenantCode: string;
  orderConfirmed: boolean;
  status: string;
  deliveryCountryIso: string | undefined;
  currencies: NameValue[] | undefined;
  creationDateTime: string;
  lastUpdateDateTime: string;
  lastUpdateUser: string;
  aggregateIds: NameValue[];
  metadataItems: NameValue[];
  dates: NameValue[] | undefined;
  lineItems: LineItem[] | undefined;
  orderCharges: { chargesInCurrency: NamedCharges[] } | undefined;
  balances: { balancesInCurrency: NamedCharges[] } | undefined;
  comments: Comment[] | undefined;
  financialTransactions: FinancialTransaction[] | undefined;
  lastTransaction: FinancialTransaction;
  orderTransactions: OrderTransaction[];
  channelId: string | undefined;
}

export type Pair = readonly [name: string, value: string | undefined];

/** Name/value pairs without those that have no value. */
export function pairs(entries: readonly Pair[]): NameValue[] {
  return entries.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [{ name, value }]));
}

/** Empty lists are not sent. */
export function orNothing<T>(list: T[]): T[] | undefined {
  return list.length > 0 ? list : undefined;
}
