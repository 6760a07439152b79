import type { ScenarioHold } from '../behaviour/scenario-hold';
import type {
  BrokerEvent,
  Execution,
  Order,
  PortfolioCancellationReason,
  PortfolioOrder,
} from './wire-objects';
import type { OrderBehaviour, Scenario } from '../behaviour/scenarios';
import type { TradingTerms } from './trading-terms';

/** State of one portfolio order. */
export interface PortfolioRecord {
  portfolioOrder: PortfolioOrder;
  /** Its child orders with their executions, in the order of their creation. */
  children: OrderRecord[];
  /** Each creates one of the children that do not exist yet (scenario CHILDREN_APPEAR_LATE). */
  pendingChildren: (() => OrderRecord)[];
  /** End of the propagation delay, when the API starts to show it, in milliseconds of `performance.now()`. */
  hiddenUntil: number;
  /** Every event emitted about it, its children and their executions, in order. */
  events: BrokerEvent[];
  scenario: Scenario;
  hold: ScenarioHold;
  /** Its first event, withheld until the next one (scenario LAGGING_TYPE). */
  lateEvent?: BrokerEvent;
  /** Set by an effective cancel: cancellation reason to show once the last child has ended. */
  cancelled?: { reason: PortfolioCancellationReason; details: string };
  /** Called at the end of trading: FILLED or CANCELLED. */
  onEnded?: () => void;
}

/** State of one order: an individual order or a child. */
export interface OrderRecord {
  order: Order;
  /** Undefined for an individual order. */
  portfolio: PortfolioRecord | undefined;
  behaviour: OrderBehaviour;
  terms: TradingTerms;
  hold: ScenarioHold;
  /** If present, collects events instead of publishing them (scenarios EXECUTION_FIRST and SETTLED_AHEAD). */
  withheld?: BrokerEvent[];
}

/** All orders, in memory. */
export class OrderStore {
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

  /** Account of an event; executions and rejected cancels refer to it only through their order. */
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
