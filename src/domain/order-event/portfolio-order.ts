/** Content of events about the portfolio order itself: the P stream (references/esw.md#mapping). */
import { finalSettlementEvidence } from './close-out';
import { correctionEvidence, isCorrection } from './correction';
import { skippedStatuses } from '../findings/findings';
import { portfolioOrderLifecycle, rank, type PortfolioOrderStatus } from '../broker/status-tables';
import type { Pair } from './body';
import type { StreamContent } from './envelope';
import type { OrderEventInput } from './input';
import { isOfUnknownStatus, withCurrencyCodes, type BalanceInputs } from './balances';
import { lineItem, type TransitionEntry } from './entries';
import type { PortfolioOrderState } from './topic';
import {
  CLOSED_TRANSACTION,
  CORRECTED_TRANSACTION,
  isConfirmed,
  orderTypeValue,
  STATE_VALUES,
  statusValue,
} from './vocabulary';
import { executionsOf, type PortfolioOrderRecord } from '../broker/record';

/** @throws Error when the state was not reached: a defect of the caller. */
export function portfolioOrderContent(input: OrderEventInput, state: PortfolioOrderState): StreamContent {
  const { record, settings, placed, brandOrderReference } = input;
  const status = statusIn(record, state);
  const type = record.type ?? placed?.side;
  // At NEW the broker lists no children; any known ones were created later.
  const orders = status === 'NEW' ? [] : record.orders;
  return {
    transitions: transitionsUpTo(record, state),
    orderType: orderTypeValue(settings, type),
    brandOrderReference,
    eswOrderReference: placed?.eswOrderReference,
    orderConfirmed: isConfirmed(status, record.reached),
    status: statusValue(settings, status),
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
    lineItems: orders.map(lineItem),
    balanceInputs: withCurrencyCodes(balanceInputsOf(record, status, type)),
    executions: executionsOf(record),
    comment: state === 'CANCELLED' ? record.cancellationDetails : undefined,
  };
}

/** The status that an event reports: CLOSED is the final settlement of a cancelled order, and a correction has the current one. */
function statusIn(record: PortfolioOrderRecord, state: PortfolioOrderState): PortfolioOrderStatus {
  if (state === 'CLOSED') return 'CANCELLED';
  if (!isCorrection(state)) return state;
  if (record.status === undefined) throw new Error(`${record.portfolioOrderId} has no status to correct`);
  return record.status;
}

/** Reached statuses up to and including the reported one, in rank order, and the final settlement or correction itself. */
function transitionsUpTo(record: PortfolioOrderRecord, state: PortfolioOrderState): TransitionEntry[] {
  const subject = { subject: 'portfolio-order' as const, id: record.portfolioOrderId };
  const status = statusIn(record, state);
  const { statuses } = portfolioOrderLifecycle;
  const transitions = statuses
    .slice(0, rank(portfolioOrderLifecycle, status) + 1)
    .flatMap((one): TransitionEntry[] => {
      const reached = record.reached[one];
      if (reached === undefined) return [];
      const { transaction: type, date: name } = STATE_VALUES[one];
      // The order was placed when the broker created it, not when the webhook was.
      const value = one === 'NEW' ? (record.createdAt ?? reached.at) : reached.at;
      return [
        { ...subject, status: one, type, reached, reason: reasonOf(record, one), date: { name, value } },
      ];
    });
  if (record.reached[status] === undefined)
    throw new Error(`${record.portfolioOrderId} has not reached ${state}`);
  if (state === status) return transitions;

  const reached = state === 'CLOSED' ? finalSettlementEvidence(record) : correctionEvidence(record);
  if (reached === undefined) throw new Error(`${record.portfolioOrderId} is not closed`);
  const type = state === 'CLOSED' ? CLOSED_TRANSACTION : CORRECTED_TRANSACTION;
  return [...transitions, { ...subject, status: state, type, reached }];
}

function reasonOf(record: PortfolioOrderRecord, status: PortfolioOrderStatus): string | undefined {
  if (status === 'NEW') return 'NewOrder';
  return status === 'CANCELLED' ? record.cancellationReason : undefined;
}

function balanceInputsOf(
  record: PortfolioOrderRecord,
  status: PortfolioOrderStatus,
  type: string | undefined,
): BalanceInputs {
  const isOneSided = type === 'BUY' || type === 'SELL';
  return {
    ordered: record.cashAmount,
    currency: record.currency,
    executions: record.orders.flatMap(({ side, executions }) =>
      executions.map((one) => ({ ...one, ...(side !== undefined && one.side === undefined && { side }) })),
    ),
    balanceDueBasis: isOneSided ? balanceDueBasisAt(record, status) : 'per-side',
  };
}

function balanceDueBasisAt(
  { orders }: PortfolioOrderRecord,
  status: PortfolioOrderStatus,
): BalanceInputs['balanceDueBasis'] {
  const unexecuted = orders.filter(({ executions }) => executions.length === 0);
  const hasUnknownStatus = orders.some(({ executions }) => executions.some(isOfUnknownStatus));
  switch (status) {
    case 'NEW':
    case 'PROCESSING':
      return 'ordered';
    case 'FILLED': {
      // FILLED means that every child was executed, so every child that is not cancelled must have executions.
      const lacksExecutions =
        unexecuted.length === orders.length || unexecuted.some((one) => one.status !== 'CANCELLED');
      return hasUnknownStatus || lacksExecutions ? 'unknown' : 'executed';
    }
    case 'CANCELLED':
      return hasUnknownStatus || unexecuted.some((one) => one.status === 'FILLED') ? 'unknown' : 'executed';
    case 'SETTLED':
      return 'zero';
  }
}
