/** What the events of all streams have in common, and the order of their members (`esw-order-event.md` 2.2, 8.4). */
import {
  orNothing,
  pairs,
  type LineItem,
  type NamedCharges,
  type OrderEventBody,
  type Pair,
} from './order-event-body';
import { commentId, orderEventId } from './order-event-id';
import { isToldAsBefore, type OrderEventInput } from './order-event-input';
import { cashCharge, type Account } from './order-event-money';
import { financialTransactions, orderTransaction, type Transition } from './order-event-parts';
import { webhookIdOf, type ExecutionRow } from './record';

const SOURCE = 'PortfolioOrderCoordinator';
const MAPPING_VERSION = '1';

/** What one stream knows of its subject. */
export interface Telling {
  /** Oldest first; the last one is the one that the event reports. */
  transitions: readonly Transition[];
  orderType: string | undefined;
  brandOrderReference: string;
  parentBrandOrderReference?: string;
  eswOrderReference?: string | undefined;
  orderConfirmed: boolean;
  status: string;
  /** Those of the subject; the ids of messages and of the workflow come behind them. */
  aggregateIds: readonly Pair[];
  /** What is special to the subject; it stands between source and gaps. */
  metadataItems: readonly Pair[];
  /** On the way to what is reported, and never observed. */
  skippedStatuses: readonly string[];
  lineItems: LineItem[];
  account: Account;
  balances: NamedCharges[];
  executions: readonly ExecutionRow[];
  /** The broker's words about a cancellation. */
  comment?: string | undefined;
}

/** @throws InexactAmountError when an amount cannot be written as a JSON number without changing it. */
export function bodyOf(telling: Telling, input: OrderEventInput): OrderEventBody {
  const { record, settings, placed, workflowId } = input;
  const { transitions, account, balances, comment } = telling;
  const told = transitions.at(-1);
  const transactions = transitions.map((one) => orderTransaction(one, settings));
  const last = transactions.at(-1);
  if (told === undefined || last === undefined) throw new Error('An event without a transition');
  const { reached } = told;
  const id = orderEventId(settings.tenantCode, told.scope, told.subjectId, told.state);
  const charge = cashCharge(account);
  return {
    id,
    orderType: telling.orderType,
    brandOrderReference: telling.brandOrderReference,
    parentBrandOrderReference: telling.parentBrandOrderReference,
    eswOrderReference: telling.eswOrderReference,
    tenantCode: settings.tenantCode,
    orderConfirmed: telling.orderConfirmed,
    status: telling.status,
    deliveryCountryIso: placed?.deliveryCountryIso ?? settings.deliveryCountryIso,
    currencies: orNothing(
      pairs([
        ['OrderCurrency', account.currency],
        ['ShopperCurrency', account.currency],
      ]),
    ),
    creationDateTime: reached.at,
    lastUpdateDateTime: reached.updatedAt ?? reached.at,
    lastUpdateUser: settings.actor,
    aggregateIds: pairs([
      ...telling.aggregateIds,
      ['WebhookEventId', reached.eventId],
      ['WebhookId', isToldAsBefore(input) ? reached.webhookId : webhookIdOf(record, reached)],
      ['WorkflowId', workflowId],
    ]),
    metadataItems: pairs([
      ['Source', SOURCE],
      ['MappingVersion', MAPPING_VERSION],
      ...telling.metadataItems,
      ['SkippedStates', telling.skippedStatuses.join(',')],
    ]),
    dates: orNothing(transitions.flatMap(({ date }) => (date ? [date] : []))),
    lineItems: orNothing(telling.lineItems),
    orderCharges: charge && { chargesInCurrency: [charge] },
    balances: balances.length > 0 ? { balancesInCurrency: balances } : undefined,
    comments: comment
      ? [
          {
            id: commentId(id),
            actionType: 'CancellationDetails',
            text: comment,
            creationDateTime: reached.at,
          },
        ]
      : undefined,
    financialTransactions: orNothing(financialTransactions(telling.executions)),
    lastTransaction: { id: last.id, type: last.type, status: last.status },
    orderTransactions: transactions,
    channelId: settings.channelId,
  };
}
