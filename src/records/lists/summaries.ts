/** A row as the list shows it. */
import type { Selectable } from 'kysely';
import type { ListedPhase, OrderSummary } from '../../app/ports/order-list';
import type { PartnerTrouble } from '../../domain/views/partner-trouble';
import type { OrdersTable } from '../tables';

export const SUMMARY_COLUMNS = [
  'reference',
  'portfolio_order_id',
  'phase',
  'status',
  'type',
  'account_id',
  'currency',
  'ordered',
  'executed',
  'settled',
  'fees',
  'taxes',
  'attention',
  'waiting_for',
  'held',
  'children',
  'children_final',
  'executions',
  'executions_settled',
  'executions_cancelled',
  'opened_at',
  'changed_at',
  'settlement_due',
  'settled_at',
  'finished_at',
  'pending_events',
  'pending_since',
  'upvest_error',
  'upvest_failing_since',
  'esw_error',
  'esw_failing_since',
  'next_try_at',
] as const satisfies (keyof OrdersTable)[];

export type SummaryRow = Pick<Selectable<OrdersTable>, (typeof SUMMARY_COLUMNS)[number]>;

export function summaryOf(row: SummaryRow): OrderSummary {
  const { reference, portfolio_order_id, status, type, account_id, currency, ordered } = row;
  const { waiting_for, held, finished_at, pending_events } = row;
  const { executed, settled, fees, taxes } = row;
  const troubles = troublesOf(row);
  const isPlaced = portfolio_order_id !== null;
  return {
    ...(reference !== null && { reference }),
    ...(isPlaced && { portfolioOrderId: portfolio_order_id }),
    // It stays open until its final record is stored.
    phase: row.phase === 'FINISHED' && finished_at === null ? 'TRACKED' : (row.phase as ListedPhase),
    ...(status !== null && { status }),
    ...(type !== null && { type }),
    ...(account_id !== null && { accountId: account_id }),
    ...(ordered !== null && { cashAmount: ordered }),
    ...(currency !== null && { currency }),
    attention: [...row.attention].sort(),
    ...(troubles.length > 0 && { troubles }),
    ...instant('nextTryAt', row.next_try_at),
    ...(waiting_for !== null && { waitingFor: waiting_for }),
    ...(held !== null && { held }),
    ...(isPlaced && { progress: progressOf(row) }),
    ...(isPlaced &&
      executed !== null && {
        totals: { executed, settled: settled ?? '0', fees: fees ?? '0', taxes: taxes ?? '0' },
      }),
    ...(pending_events > 0 && {
      pending: { events: pending_events, ...instant('since', row.pending_since) },
    }),
    ...instant('settlementDue', row.settlement_due),
    openedAt: row.opened_at.toISOString(),
    changedAt: row.changed_at.toISOString(),
    ...instant('settledAt', row.settled_at),
    ...instant('closedAt', finished_at),
  };
}

function progressOf(row: SummaryRow): NonNullable<OrderSummary['progress']> {
  const { children, children_final, executions, executions_settled, executions_cancelled } = row;
  return {
    orders: children,
    final: children_final,
    executions,
    settled: executions_settled,
    cancelled: executions_cancelled,
  };
}

function troublesOf(row: SummaryRow): PartnerTrouble[] {
  const { esw_error, esw_failing_since, upvest_error, upvest_failing_since } = row;
  const trouble = (partner: PartnerTrouble['partner'], error: string | null, since: Date | null) =>
    error === null || since === null ? [] : [{ partner, since: since.toISOString(), error }];
  return [
    ...trouble('esw', esw_error, esw_failing_since),
    ...trouble('upvest', upvest_error, upvest_failing_since),
  ];
}

function instant<K extends string>(name: K, time: Date | null): Partial<Record<K, string>> {
  return time === null ? {} : ({ [name]: time.toISOString() } as Record<K, string>);
}
