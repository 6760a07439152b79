import { v4 as uuid } from 'uuid';
import type { BrokerEvent, Execution, Order, PortfolioCancellationReason, PortfolioOrder } from './objects';

/** Everything that is true about one portfolio order. */
export interface PortfolioRecord {
  portfolioOrder: PortfolioOrder;
  /** Its child orders with their executions, in the order of their creation. */
  orders: Order[];
  /** Every event emitted about it, its children and their executions, in order. */
  events: BrokerEvent[];
  /** Set once a cancel was effective: what the portfolio order says when its last child has ended. */
  cancelled?: { reason: PortfolioCancellationReason; details: string };
  /** Whether settlement is under way, so that it is begun once. */
  settling: boolean;
}

/** How orders of one account go. */
export interface AccountSettings {
  /** Number of instruments in the account's allocation, and so of child orders. */
  children?: number;
  /** Orders of this account fail Upvest's asynchronous checks: they end CANCELLED with this reason. */
  rejectWith?: PortfolioCancellationReason;
}

/** The simulator's whole memory of orders. */
export class OrderBook {
  private readonly records = new Map<string, PortfolioRecord>();
  private readonly orders = new Map<string, { order: Order; record: PortfolioRecord }>();
  private readonly accounts = new Map<string, AccountSettings & { allocationId: string }>();

  addPortfolioOrder(portfolioOrder: PortfolioOrder): PortfolioRecord {
    const record: PortfolioRecord = { portfolioOrder, orders: [], events: [], settling: false };
    this.records.set(portfolioOrder.id, record);
    return record;
  }

  addOrder(record: PortfolioRecord, order: Order): void {
    record.orders.push(order);
    this.orders.set(order.id, { order, record });
  }

  find(portfolioOrderId: string): PortfolioRecord | undefined {
    return this.records.get(portfolioOrderId);
  }

  findOrder(orderId: string): { order: Order; record: PortfolioRecord } | undefined {
    return this.orders.get(orderId);
  }

  findExecution(
    executionId: string,
  ): { execution: Execution; order: Order; record: PortfolioRecord } | undefined {
    for (const { order, record } of this.orders.values()) {
      const execution = order.executions.find(({ id }) => id === executionId);
      if (execution) return { execution, order, record };
    }
    return undefined;
  }

  all(): PortfolioRecord[] {
    return [...this.records.values()];
  }

  ordersOfAccount(accountId: string): Order[] {
    return [...this.orders.values()]
      .map(({ order }) => order)
      .filter((order) => order.account_id === accountId);
  }

  /** An account comes into being when it is first named, with an allocation of its own. */
  account(accountId: string): AccountSettings & { allocationId: string } {
    const known = this.accounts.get(accountId);
    if (known) return known;
    const account = { allocationId: uuid() };
    this.accounts.set(accountId, account);
    return account;
  }

  configureAccount(accountId: string, settings: AccountSettings): void {
    const { allocationId } = this.account(accountId);
    this.accounts.set(accountId, { allocationId, ...settings });
  }
}
