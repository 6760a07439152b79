/**
 * Common part of the events of all streams, and the order of their members (references/esw.md#members, #member-values).
 */
import { orNothing, pairs, type LineItem, type OrderEventBody, type Pair } from './body';
import { commentId, orderEventId } from './ids';
import type { OrderEventInput } from './input';
import { amountsAsText, balancesOf, cashAmountOf, chargesOf, type BalanceInputs } from './balances';
import { financialTransactions, orderTransaction, type TransitionEntry } from './entries';
import { webhookIdOf, type Execution } from '../broker/record';
import { requireShortAmount } from '../values/decimal';
import { CURRENT_REVISION } from '../values/revision';

const SOURCE = 'PortfolioOrderCoordinator';
const MAPPING_VERSION = '1';

/** Per-stream input for the event body. */
export interface StreamContent {
  /** Oldest first; the event reports the last one. */
  transitions: readonly TransitionEntry[];
  orderType: string | undefined;
  brandOrderReference: string;
  parentBrandOrderReference?: string;
  eswOrderReference?: string | undefined;
  orderConfirmed: boolean;
  status: string;
  /** Ids of the subject; message and workflow ids are appended. */
  aggregateIds: readonly Pair[];
  /** Pairs of the subject, placed between `Source` and `SkippedStates`. */
  metadataItems: readonly Pair[];
  /** Documented statuses before the reported one that were never observed. */
  skippedStatuses: readonly string[];
  lineItems: LineItem[];
  balanceInputs: BalanceInputs;
  executions: readonly Execution[];
  /** The broker's text about a cancellation. */
  comment?: string | undefined;
}

/** @throws InexactAmountError before revision 5, when an amount has too many digits. */
export function bodyOf(content: StreamContent, input: OrderEventInput): OrderEventBody {
  const { record, settings, placed, workflowId, revision = CURRENT_REVISION } = input;
  const { transitions, balanceInputs, comment } = content;
  const reported = transitions.at(-1);
  const transactions = transitions.map((one) => orderTransaction(one, settings));
  const last = transactions.at(-1);
  if (reported === undefined || last === undefined) throw new Error('An event needs a transition');
  const { reached } = reported;
  const id = orderEventId(settings.tenantCode, reported.subject, reported.id, reported.status);
  const cashAmount = cashAmountOf(balanceInputs);
  const balances = balancesOf(balanceInputs);
  const amounts = [...cashAmount, ...balances];
  if (revision < 5) for (const { amount } of amounts) requireShortAmount(amount);
  const charges = chargesOf('Total', cashAmount);
  const balanceCharges = chargesOf('OrderBalance', balances);
  return {
    id,
    orderType: content.orderType,
    brandOrderReference: content.brandOrderReference,
    parentBrandOrderReference: content.parentBrandOrderReference,
    eswOrderReference: content.eswOrderReference,
    tenantCode: settings.tenantCode,
    orderConfirmed: content.orderConfirmed,
    status: content.status,
    deliveryCountryIso: placed?.deliveryCountryIso ?? settings.deliveryCountryIso,
    currencies: orNothing(
      pairs([
        ['OrderCurrency', balanceInputs.currency],
        ['ShopperCurrency', balanceInputs.currency],
      ]),
    ),
    creationDateTime: reached.at,
    lastUpdateDateTime: reached.updatedAt ?? reached.at,
    lastUpdateUser: settings.actor,
    aggregateIds: pairs([
      ...content.aggregateIds,
      ['WebhookEventId', reached.eventId],
      ['WebhookId', webhookIdOf(record, reached)],
      ['WorkflowId', workflowId],
    ]),
    metadataItems: pairs([
      ['Source', SOURCE],
      ['MappingVersion', MAPPING_VERSION],
      ...content.metadataItems,
      ['SkippedStates', content.skippedStatuses.join(',')],
      ...amountsAsText(amounts),
    ]),
    dates: orNothing(transitions.flatMap(({ date }) => (date ? [date] : []))),
    lineItems: orNothing(content.lineItems),
    orderCharges: charges && { chargesInCurrency: charges },
    balances: balanceCharges && { balancesInCurrency: balanceCharges },
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
    financialTransactions: orNothing(financialTransactions(content.executions)),
    lastTransaction: { id: last.id, type: last.type, status: last.status },
    orderTransactions: transactions,
    channelId: settings.channelId,
  };
}
