import type { Gate } from './gate';
import type { BrokerEvent, Execution, Order, PortfolioCancellationReason, PortfolioOrder } from './objects';
import type { OrderBehaviour, Scenario } from './scenarios';
import type { TradingTerms } from './trading-terms';

/** Everything that is true about one portfolio order. */
export interface PortfolioRecord {
  portfolioOrder: PortfolioOrder;
  /** Its child orders with their executions, in the order of their creation. */
  children: OrderRecord[];
  /** Creates the children that do not exist yet, one each (scenario CHILDREN_APPEAR_LATE). */
  toCome: (() => OrderRecord)[];
  /** Until then the API does not know it, in milliseconds of `performance.now()`. */
  hiddenUntil: number;
  /** Every event emitted about it, its children and their executions, in order. */
  events: BrokerEvent[];
  scenario: Scenario;
  gate: Gate;
  /** Its first event, kept back until the next one (scenario LAGGING_TYPE). */
  lateEvent?: BrokerEvent;
  /** Set once a cancel was effective: what the portfolio order says when its last child has ended. */
  cancelled?: { reason: PortfolioCancellationReason; details: string };
  /** Called when trading has ended: FILLED or CANCELLED. */
  onEnded?: () => void;
}

/** One individual order, alone or as a child. */
export interface OrderRecord {
  order: Order;
  /** Undefined for an order that stands alone. */
  portfolio: PortfolioRecord | undefined;
  behaviour: OrderBehaviour;
  terms: TradingTerms;
  gate: Gate;
  /** While it is there, events are kept back in it (scenarios EXECUTION_FIRST and SETTLED_AHEAD). */
  withheld?: BrokerEvent[];
}

/** The simulator's whole memory of orders. */
export class OrderBook {
  private readonly records = new Map<string, PortfolioRecord>();
  private readonly orders = new Map<string, OrderRecord>();

  addPortfolioOrder(record: PortfolioRecord): void {
    this.records.set(record.portfolioOrder.id, record);
  }

  addOrder(record: OrderRecord): void {
    this.orders.set(record.order.id, record);
  }

  find(portfolioOrderId: string): PortfolioRecord | undefined {
    return this.records.get(portfolioOrderId);
  }

  findOrder(orderId: string): OrderRecord | undefined {
    return this.orders.get(orderId);
  }

  findExecution(executionId: string): { execution: Execution; record: OrderRecord } | undefined {
    for (const record of this.orders.values()) {
      const execution = record.order.executions.find(({ id }) => id === executionId);
      if (execution) return { execution, record };
    }
    return undefined;
  }

  /** The account that an event is about; executions and refused cancels name it by their order alone. */
  accountOf({ object }: BrokerEvent): string | undefined {
    if ('account_id' in object) return String(object.account_id);
    return 'order_id' in object ? this.findOrder(String(object.order_id))?.order.account_id : undefined;
  }

  all(): PortfolioRecord[] {
    return [...this.records.values()];
  }

  ordersOfAccount(accountId: string): Order[] {
    return [...this.orders.values()]
      .map(({ order }) => order)
      .filter((order) => order.account_id === accountId);
  }
}
