import type { Clock } from './clock';
import type { EventLog } from './event-log';
import type { Order, OrderCancellationReason, PortfolioCancellationReason } from './objects';
import type { OrderBook, PortfolioRecord } from './order-book';
import type { OrderLife } from './order-life';

/** Everything that keeps an order from going well (upvest.md 3.4, 4.1-4.3). Each says whether it had an effect. */
export class Cancellation {
  constructor(
    private readonly book: OrderBook,
    private readonly log: EventLog,
    private readonly clock: Clock,
    private readonly life: OrderLife,
  ) {}

  /**
   * The client's cancel: any time in NEW; in PROCESSING it takes the children that are still NEW and lets the others
   * end. Without such a child nothing happens, and no event says so (upvest.md 3.4).
   */
  byClient(record: PortfolioRecord): boolean {
    const reasons = { whole: 'CANCELLED_BY_CLIENT', child: 'CANCELLED_BY_CLIENT' } as const;
    return this.cancel(record, ['NEW'], reasons, 'Cancelled by the client');
  }

  /** Upvest's own cancel takes every child that has not ended, also half filled ones. */
  byUpvest(record: PortfolioRecord, details: string): boolean {
    const reasons = { whole: 'CANCELLED_BY_UPVEST', child: 'CANCELLED_BY_UPVEST_OPERATIONS' } as const;
    return this.cancel(record, ['NEW', 'PROCESSING'], reasons, details);
  }

  /** One child order is cancelled by Upvest or its trading partner; its executions so far stay. */
  ofOrder(orderId: string, reason: OrderCancellationReason): boolean {
    const found = this.book.findOrder(orderId);
    if (found?.order.status !== 'NEW' && found?.order.status !== 'PROCESSING') return false;
    this.endOrder(found.record, found.order, reason);
    this.life.childEnded(found.record);
    return true;
  }

  /** A mistrade: an execution that was FILLED is CANCELLED. */
  ofExecution(executionId: string): boolean {
    const found = this.book.findExecution(executionId);
    if (found?.execution.status !== 'FILLED') return false;
    const moment = this.clock.next();
    found.execution.status = 'CANCELLED';
    found.order.updated_at = moment;
    this.log.emit(found.record, 'EXECUTION.CANCELLED', found.execution, moment);
    return true;
  }

  private cancel(
    record: PortfolioRecord,
    cancellable: string[],
    reasons: { whole: PortfolioCancellationReason; child: OrderCancellationReason },
    details: string,
  ): boolean {
    const { status } = record.portfolioOrder;
    if (status !== 'NEW' && status !== 'PROCESSING') return false;
    const children = record.orders.filter((order) => cancellable.includes(order.status));
    if (status === 'PROCESSING' && children.length === 0) return false;
    record.cancelled = { reason: reasons.whole, details };
    for (const order of children) this.endOrder(record, order, reasons.child);
    this.life.childEnded(record);
    return true;
  }

  private endOrder(record: PortfolioRecord, order: Order, reason: OrderCancellationReason): void {
    order.status = 'CANCELLED';
    order.cancellation_reason = reason;
    this.life.orderChanged(record, order, this.clock.next());
  }
}
