import type { OrderCancellationReason, OrderStatus, PortfolioCancellationReason } from './objects';
import type { OrderBook, OrderRecord, PortfolioRecord } from './order-book';
import type { OrderLife } from './order-life';
import type { PortfolioLife } from './portfolio-life';
import type { Settlement } from './settlement';

/** Everything that cuts a life short (upvest.md 3.4, 3.5, 4.1-4.3). What the control plane asks for says whether it had an effect. */
export class Cancellation {
  constructor(
    private readonly book: OrderBook,
    private readonly orders: OrderLife,
    private readonly portfolios: PortfolioLife,
    private readonly settlement: Settlement,
  ) {}

  /**
   * The client's cancel: any time in NEW; in PROCESSING it takes the children that are still NEW and lets the others
   * end. Without such a child nothing happens, and no event says so (upvest.md 3.4).
   */
  byClient(record: PortfolioRecord): void {
    if (record.scenario !== 'CANCEL_IGNORED' && record.scenario !== 'CANCEL_REFUSED') {
      const reasons = { whole: 'CANCELLED_BY_CLIENT', child: 'CANCELLED_BY_CLIENT' } as const;
      this.cancel(record, ['NEW'], reasons, 'Cancelled by the client');
    }
    record.gate.open('cancel');
  }

  /** The client's cancel of one order takes what is not executed yet; when it has ended, an event refuses. */
  ofOrderByClient(record: OrderRecord): void {
    if (!isOpen(record)) this.orders.rejectCancellation(record);
    else if (record.behaviour.cancel) record.gate.open('cancel');
    else this.orders.end(record, 'CANCELLED_BY_CLIENT');
  }

  /** Upvest's own cancel takes every child that has not ended, also half filled ones. */
  byUpvest(record: PortfolioRecord, details: string): boolean {
    const reasons = { whole: 'CANCELLED_BY_UPVEST', child: 'CANCELLED_BY_UPVEST_OPERATIONS' } as const;
    return this.cancel(record, ['NEW', 'PROCESSING'], reasons, details);
  }

  /** One order is cancelled by Upvest or its trading partner; its executions so far stay. */
  ofOrder(orderId: string, reason: OrderCancellationReason): boolean {
    const record = this.book.findOrder(orderId);
    if (!record || !isOpen(record)) return false;
    this.orders.end(record, reason);
    return true;
  }

  /** A mistrade: an execution that was FILLED, or even SETTLED (upvest.md 4.3: not documented), is CANCELLED. */
  ofExecution(executionId: string): boolean {
    const found = this.book.findExecution(executionId);
    if (!found || found.execution.status === 'CANCELLED') return false;
    this.settlement.executionEnded(found.record, found.execution, 'CANCELLED');
    return true;
  }

  private cancel(
    record: PortfolioRecord,
    cancellable: OrderStatus[],
    reasons: { whole: PortfolioCancellationReason; child: OrderCancellationReason },
    details: string,
  ): boolean {
    const { status } = record.portfolioOrder;
    if (status === 'NEW' && record.children.length === 0) {
      this.portfolios.cancel(record, reasons.whole, details);
      return true;
    }
    const taken = record.children.filter(({ order }) => cancellable.includes(order.status));
    const neverCreated = record.toCome.splice(0);
    if (taken.length === 0 && neverCreated.length === 0) return false;
    // Its last child ends the whole, and that may be one that still trades.
    record.cancelled = { reason: reasons.whole, details };
    for (const child of taken) this.orders.end(child, reasons.child);
    return true;
  }
}

function isOpen({ order }: OrderRecord): boolean {
  return order.status === 'NEW' || order.status === 'PROCESSING';
}
