import type { OrderCancellationReason, OrderStatus, PortfolioCancellationReason } from './wire-objects';
import type { OrderStore, OrderRecord, PortfolioRecord } from './order-store';
import type { OrderLifecycle } from './order-lifecycle';
import type { PortfolioLifecycle } from './portfolio-lifecycle';
import type { Settlement } from './settlement';

/**
 * Cancels portfolio orders, orders and executions (references/upvest.md#cancel-a-portfolio-order, #individual-orders,
 * #portfolio-order, #order, #execution). Methods for the control plane return whether they had an effect.
 */
export class Cancellation {
  constructor(
    private readonly store: OrderStore,
    private readonly orders: OrderLifecycle,
    private readonly portfolios: PortfolioLifecycle,
    private readonly settlement: Settlement,
  ) {}

  /**
   * The client's cancel: always effective in NEW; in PROCESSING it cancels the children that are still NEW and the
   * others continue. Without such a child it has no effect and emits no event
   * (references/upvest.md#cancel-a-portfolio-order).
   */
  byClient(record: PortfolioRecord): void {
    if (record.scenario !== 'CANCEL_IGNORED' && record.scenario !== 'CANCEL_REFUSED') {
      const reasons = { portfolio: 'CANCELLED_BY_CLIENT', child: 'CANCELLED_BY_CLIENT' } as const;
      this.cancel(record, ['NEW'], reasons, 'Cancelled by the client');
    }
    record.hold.release('cancel');
  }

  /** The client's cancel of one order cancels its unexecuted rest; an ended order rejects it by an event. */
  ofOrderByClient(record: OrderRecord): void {
    if (!isOpen(record)) this.orders.rejectCancellation(record);
    else if (record.behaviour.cancel) record.hold.release('cancel');
    else this.orders.end(record, 'CANCELLED_BY_CLIENT');
  }

  /** Upvest's own cancel affects every child that has not ended, including partly filled ones. */
  byUpvest(record: PortfolioRecord, details: string): boolean {
    const reasons = { portfolio: 'CANCELLED_BY_UPVEST', child: 'CANCELLED_BY_UPVEST_OPERATIONS' } as const;
    return this.cancel(record, ['NEW', 'PROCESSING'], reasons, details);
  }

  /** Upvest or its trading partner cancels one order; its executions remain. */
  ofOrder(orderId: string, reason: OrderCancellationReason): boolean {
    const record = this.store.findOrder(orderId);
    if (!record || !isOpen(record)) return false;
    this.orders.end(record, reason);
    return true;
  }

  /**
   * A mistrade: cancels an execution that is FILLED or even SETTLED (references/upvest.md#execution: not documented).
   */
  ofExecution(executionId: string): boolean {
    const found = this.store.findExecution(executionId);
    if (!found || found.execution.status === 'CANCELLED') return false;
    this.settlement.executionEnded(found.record, found.execution, 'CANCELLED');
    return true;
  }

  private cancel(
    record: PortfolioRecord,
    cancellable: OrderStatus[],
    reasons: { portfolio: PortfolioCancellationReason; child: OrderCancellationReason },
    details: string,
  ): boolean {
    const { status } = record.portfolioOrder;
    if (status === 'NEW' && record.children.length === 0) {
      this.portfolios.cancel(record, reasons.portfolio, details);
      return true;
    }
    const affected = record.children.filter(({ order }) => cancellable.includes(order.status));
    const neverCreated = record.pendingChildren.splice(0);
    if (affected.length === 0 && neverCreated.length === 0) return false;
    // The portfolio order ends with its last child, which may still be trading.
    record.cancelled = { reason: reasons.portfolio, details };
    for (const child of affected) this.orders.end(child, reasons.child);
    return true;
  }
}

function isOpen({ order }: OrderRecord): boolean {
  return order.status === 'NEW' || order.status === 'PROCESSING';
}
