/** What ESW is told about a portfolio order itself: the P stream (`esw-order-event.md` 8). */
import { closingProof } from './closing';
import { skippedStatuses } from './findings';
import { portfolioOrderLifecycle, rank, type PortfolioOrderStatus } from './lifecycle';
import { balancesBefore, lineItemBefore } from './order-event-before';
import type { Pair } from './order-event-body';
import type { Telling } from './order-event-frame';
import { isToldAsBefore, type OrderEventInput } from './order-event-input';
import { balancesOf, isOfUnknownStatus, type Account } from './order-event-money';
import { lineItem, type Transition } from './order-event-parts';
import type { PortfolioOrderState } from './order-event-topic';
import { CLOSED_TRANSACTION, isConfirmed, orderTypeWord, STATE_WORDS, statusWord } from './order-event-words';
import { executionsOf, type PortfolioOrderRecord } from './record';

/** @throws Error when the state was never reached: the caller has a defect. */
export function tellingOfPortfolioOrder(input: OrderEventInput, state: PortfolioOrderState): Telling {
  const { record, settings, placed, brandOrderReference } = input;
  // One that is closed is still a cancelled one.
  const status = state === 'CLOSED' ? 'CANCELLED' : state;
  const isBefore = isToldAsBefore(input);
  const type = record.type ?? (isBefore ? undefined : placed?.side);
  const account = accountOf(record, status, type);
  // At NEW the broker lists no children; those that are known by now came later.
  const orders = status === 'NEW' && !isBefore ? [] : record.orders;
  return {
    transitions: transitionsUpTo(record, state),
    orderType: orderTypeWord(settings, type),
    brandOrderReference,
    eswOrderReference: placed?.eswOrderReference,
    orderConfirmed: isConfirmed(settings, status, record.reached),
    status: statusWord(settings, status),
    aggregateIds: [
      ['PortfolioOrderId', record.portfolioOrderId],
      ['AccountId', record.accountId],
      ['AllocationId', record.allocationId],
      ['ClientReference', record.clientReference],
      ['UserId', settings.sendsUserId ? placed?.userId : undefined],
      ...orders.map((order): Pair => [`OrderId-${order.number}`, order.id]),
    ],
    metadataItems: [
      ['PortfolioOrderStatus', status],
      ['PortfolioOrderType', record.type],
      ['InitiationFlow', record.initiationFlow],
      ['PostTax', record.postTax === undefined ? undefined : String(record.postTax)],
      ['CancellationReason', status === 'CANCELLED' ? record.cancellationReason : undefined],
    ],
    skippedStatuses: skippedStatuses(portfolioOrderLifecycle, record, status),
    lineItems: orders.map(isBefore ? lineItemBefore : lineItem),
    account,
    balances: isBefore ? balancesBefore(record, status) : balancesOf(account),
    executions: executionsOf(record),
    comment: state === 'CANCELLED' ? record.cancellationDetails : undefined,
  };
}

/** What was reached up to and including the reported state, in rank order. */
function transitionsUpTo(record: PortfolioOrderRecord, state: PortfolioOrderState): Transition[] {
  const subject = { scope: 'portfolio-order' as const, subjectId: record.portfolioOrderId };
  const status = state === 'CLOSED' ? 'CANCELLED' : state;
  const { statuses } = portfolioOrderLifecycle;
  const transitions = statuses
    .slice(0, rank(portfolioOrderLifecycle, status) + 1)
    .flatMap((one): Transition[] => {
      const reached = record.reached[one];
      if (reached === undefined) return [];
      const { transaction: type, date: name } = STATE_WORDS[one];
      // An order is placed when the broker created it, not when its webhook was made.
      const value = one === 'NEW' ? (record.createdAt ?? reached.at) : reached.at;
      return [
        { ...subject, state: one, type, reached, reason: reasonOf(record, one), date: { name, value } },
      ];
    });
  if (record.reached[status] === undefined)
    throw new Error(`${record.portfolioOrderId} has not reached ${state}`);
  if (state !== 'CLOSED') return transitions;

  const reached = closingProof(record);
  if (reached === undefined) throw new Error(`${record.portfolioOrderId} is not closed`);
  return [...transitions, { ...subject, state, type: CLOSED_TRANSACTION, reached }];
}

function reasonOf(record: PortfolioOrderRecord, status: PortfolioOrderStatus): string | undefined {
  if (status === 'NEW') return 'NewOrder';
  return status === 'CANCELLED' ? record.cancellationReason : undefined;
}

function accountOf(
  record: PortfolioOrderRecord,
  status: PortfolioOrderStatus,
  type: string | undefined,
): Account {
  const isOneSided = type === 'BUY' || type === 'SELL';
  return {
    ordered: record.cashAmount,
    currency: record.currency,
    executions: record.orders.flatMap(({ side, executions }) =>
      executions.map((one) => ({ ...one, ...(side !== undefined && one.side === undefined && { side }) })),
    ),
    due: isOneSided ? dueAt(record, status) : 'sides-apart',
  };
}

function dueAt({ orders }: PortfolioOrderRecord, status: PortfolioOrderStatus): Account['due'] {
  const silent = orders.filter(({ executions }) => executions.length === 0);
  const isUnclear = orders.some(({ executions }) => executions.some(isOfUnknownStatus));
  switch (status) {
    case 'NEW':
    case 'PROCESSING':
      return 'order';
    case 'FILLED': {
      // It says that every child was executed, and so every child that is not cancelled has to show it.
      const isSilent = silent.length === orders.length || silent.some((one) => one.status !== 'CANCELLED');
      return isUnclear || isSilent ? 'unknown' : 'trades';
    }
    case 'CANCELLED':
      return isUnclear || silent.some((one) => one.status === 'FILLED') ? 'unknown' : 'trades';
    case 'SETTLED':
      return 'nothing';
  }
}
