/** Members of the OrderEvents that we send (references/esw.md#members, #member-values), with helpers to fill them. */

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

/** No member is optional, so that the compiler reports a forgotten one; undefined members are not sent. */
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

/** Drops pairs without a value. */
export function pairs(entries: readonly Pair[]): NameValue[] {
  return entries.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [{ name, value }]));
}

/** Undefined for an empty list, which is not sent. */
export function orNothing<T>(list: T[]): T[] | undefined {
  return list.length > 0 ? list : undefined;
}
