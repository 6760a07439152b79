/**
 * Builds the OrderEvents of the P stream: what ESW is told about a portfolio order (`esw-order-event.md` section 8).
 *
 * Pure, without clock, chance or locale: the same record gives the same bytes. Members appear in the order in which the
 * reference prints them, and absent ones are left out; there are no nulls or empty fillers.
 */
import { skippedStatuses } from './findings';
import { portfolioOrderLifecycle, rank, type PortfolioOrderStatus } from './lifecycle';
import { asGuid, commentId, orderEventId } from './order-event-id';
import { balancesOf, cashCharge } from './order-event-money';
import { financialTransactions, lineItems } from './order-event-parts';
import type { PortfolioOrderRecord, Reached } from './record';

/** Beyond this many children the lists are left out, so that the body stays within ESW's size (`esw-order-event.md` 5). */
const MAX_LINE_ITEMS = 200;
const SOURCE = 'PortfolioOrderCoordinator';
const MAPPING_VERSION = '1';

/** What the deployment says about itself to ESW. Part of the workflow's input, so that a change never touches a running order. */
export interface EmissionSettings {
  /** ESW tenant; must equal the tenant of the OAuth client. */
  tenantCode: string;
  /** Service identity shown as `lastUpdateUser` and `actionedByUser`. */
  actor: string;
  /** ISO 3166-1 alpha-2 country of the account holders. */
  deliveryCountryIso?: string;
  /** Sales channel, only where ESW has provisioned one. */
  channelId?: string;
}

export interface OrderEventInput {
  record: PortfolioOrderRecord;
  /** The status that this event reports; it has been reached. */
  status: PortfolioOrderStatus;
  /** The reference under which ESW files the order. */
  brandOrderReference: string;
  workflowId: string;
  settings: EmissionSettings;
}

/** Words of the state table (`esw-order-event.md` 8.3). */
const WORDS: Record<PortfolioOrderStatus, { status: string; transaction: string; date: string }> = {
  NEW: { status: 'Created', transaction: 'OrderPlaced', date: 'OrderPlaced' },
  PROCESSING: { status: 'Confirmed', transaction: 'OrderConfirmed', date: 'OrderConfirmed' },
  FILLED: { status: 'Fulfilled', transaction: 'OrderFulfilled', date: 'OrderFulfilled' },
  SETTLED: { status: 'Settled', transaction: 'OrderSettled', date: 'OrderSettled' },
  CANCELLED: { status: 'Cancelled', transaction: 'OrderCancelled', date: 'OrderCancelled' },
};

const ORDER_TYPES: Record<string, string> = { BUY: 'Buy', SELL: 'Sell', REBALANCING: 'Rebalancing' };

interface NameValue {
  name: string;
  value: string;
}

/** Name/value pairs without those that have no value. */
function pairs(entries: [name: string, value: string | undefined][]): NameValue[] {
  return entries.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [{ name, value }]));
}

function orNothing<T>(list: T[]): T[] | undefined {
  return list.length > 0 ? list : undefined;
}

/**
 * The OrderEvent for one status of a portfolio order.
 *
 * @throws InexactAmountError when an amount cannot be written as a JSON number without changing it.
 * @throws Error when the status was never reached: the caller has a defect.
 */
export function buildOrderEvent(input: OrderEventInput): { id: string; body: string } {
  const { record, status, settings, brandOrderReference } = input;
  const reached = record.reached[status];
  if (reached === undefined) throw new Error(`${record.portfolioOrderId} has not reached ${status}`);

  const id = orderEventId(settings.tenantCode, 'portfolio-order', record.portfolioOrderId, status);
  const transactions = transactionsUpTo(input);
  const last = transactions.at(-1);
  const lists = record.orders.length <= MAX_LINE_ITEMS;
  const charge = cashCharge(record);
  const balances = balancesOf(record, status);

  // JSON.stringify drops undefined members and keeps the order of this literal.
  const body = {
    id,
    orderType: ORDER_TYPES[record.type ?? ''],
    brandOrderReference,
    tenantCode: settings.tenantCode,
    orderConfirmed: isConfirmed(record, status),
    status: WORDS[status].status,
    deliveryCountryIso: settings.deliveryCountryIso,
    currencies: orNothing(
      pairs([
        ['OrderCurrency', record.currency],
        ['ShopperCurrency', record.currency],
      ]),
    ),
    creationDateTime: reached.at,
    lastUpdateDateTime: reached.updatedAt ?? reached.at,
    lastUpdateUser: settings.actor,
    aggregateIds: aggregateIds(input, reached, lists),
    metadataItems: metadataItems(input, lists),
    dates: dates(record, status),
    lineItems: lists ? orNothing(lineItems(record)) : undefined,
    orderCharges: charge && { chargesInCurrency: [charge] },
    balances: balances && { balancesInCurrency: [balances] },
    comments: comments(record, status, id, reached),
    financialTransactions: orNothing(financialTransactions(record)),
    lastTransaction: last && { id: last.id, type: last.type, status: last.status },
    orderTransactions: transactions,
    channelId: settings.channelId,
  };
  return { id, body: JSON.stringify(body) };
}

/** Statuses reached up to and including the reported one, in rank order. */
function reachedUpTo(
  record: PortfolioOrderRecord,
  status: PortfolioOrderStatus,
): [PortfolioOrderStatus, Reached][] {
  const { statuses } = portfolioOrderLifecycle;
  return statuses.slice(0, rank(portfolioOrderLifecycle, status) + 1).flatMap((one) => {
    const reached = record.reached[one];
    return reached ? [[one, reached] as [PortfolioOrderStatus, Reached]] : [];
  });
}

/** Confirmed means that the broker's checks had passed, which is what PROCESSING and later say. */
function isConfirmed(record: PortfolioOrderRecord, status: PortfolioOrderStatus): boolean {
  if (status === 'NEW') return false;
  if (status !== 'CANCELLED') return true;
  return record.reached.PROCESSING !== undefined || record.reached.FILLED !== undefined;
}

function aggregateIds(
  { record, workflowId }: OrderEventInput,
  reached: Reached,
  lists: boolean,
): NameValue[] {
  return pairs([
    ['PortfolioOrderId', record.portfolioOrderId],
    ['AccountId', record.accountId],
    ['AllocationId', record.allocationId],
    ['ClientReference', record.clientReference],
    ...(lists ? record.orders.map((order): [string, string] => [`OrderId-${order.number}`, order.id]) : []),
    ['WebhookEventId', reached.eventId],
    ['WebhookId', reached.webhookId],
    ['WorkflowId', workflowId],
  ]);
}

function metadataItems({ record, status }: OrderEventInput, lists: boolean): NameValue[] {
  return pairs([
    ['Source', SOURCE],
    ['MappingVersion', MAPPING_VERSION],
    ['PortfolioOrderStatus', status],
    ['PortfolioOrderType', record.type],
    ['InitiationFlow', record.initiationFlow],
    ['PostTax', record.postTax === undefined ? undefined : String(record.postTax)],
    ['CancellationReason', status === 'CANCELLED' ? record.cancellationReason : undefined],
    ['SkippedStates', skippedStatuses(portfolioOrderLifecycle, record, status).join(',')],
    ['LineItemsOmitted', lists ? undefined : String(record.orders.length)],
  ]);
}

function dates(record: PortfolioOrderRecord, status: PortfolioOrderStatus): NameValue[] | undefined {
  const entries = reachedUpTo(record, status).map(([one, reached]): [string, string] => {
    // An order is placed when the broker created it, not when its webhook was made.
    const at = one === 'NEW' ? (record.createdAt ?? reached.at) : reached.at;
    return [WORDS[one].date, at];
  });
  return orNothing(pairs(entries));
}

function comments(
  record: PortfolioOrderRecord,
  status: PortfolioOrderStatus,
  eventId: string,
  reached: Reached,
): unknown {
  if (status !== 'CANCELLED' || !record.cancellationDetails) return undefined;
  return [
    {
      id: commentId(eventId),
      actionType: 'CancellationDetails',
      text: record.cancellationDetails.slice(0, 2000),
      creationDateTime: reached.at,
    },
  ];
}

interface OrderTransaction {
  id: string;
  type: string;
  status: string;
  transactionReference: string;
  retailerTransactionDateTime: string;
  actionedBy: string;
  actionedByUser: string;
  reason?: string;
}

function transactionsUpTo({ record, status, settings }: OrderEventInput): OrderTransaction[] {
  const { tenantCode, actor } = settings;
  return reachedUpTo(record, status).map(([one, reached]) => {
    const reason = reasonOf(record, one);
    return {
      id: orderEventId(tenantCode, 'txn:portfolio-order', record.portfolioOrderId, one),
      type: WORDS[one].transaction,
      status: 'Completed',
      transactionReference: reached.eventId
        ? asGuid(reached.eventId)
        : orderEventId(tenantCode, 'portfolio-order', record.portfolioOrderId, one),
      retailerTransactionDateTime: reached.at,
      // ESW sees us on the retailer's side; the trading platform has no role of its own there.
      actionedBy: 'Retailer',
      actionedByUser: actor,
      ...(reason !== undefined && { reason }),
    };
  });
}

function reasonOf(record: PortfolioOrderRecord, status: PortfolioOrderStatus): string | undefined {
  if (status === 'NEW') return 'NewOrder';
  return status === 'CANCELLED' ? record.cancellationReason : undefined;
}
