import { v4 as uuid } from 'uuid';
import type { Account, Accounts } from './accounts';
import type { Clock } from './clock';
import type { EventLog } from './event-log';
import {
  rebalancingCancellationReasons,
  type RebalancingCancellationReason,
  type RebalancingExecution,
  type RebalancingOrder,
} from './objects';
import type { PacedWaits } from './paced-waits';
import type { PortfolioLife } from './portfolio-life';
import { problem } from './problem';

/** What to rebalance: exactly one of the two. */
export interface RebalancingTarget {
  accounts?: string[];
  allocations?: string[];
}

/** Cash that a rebalancing moves. Upvest knows it from the account's positions, which the simulator has not. */
const turnover = '100.00';

/**
 * Rebalancing executions (upvest.md 3.6): one rebalancing order for each account, which gets a portfolio order when its
 * checks pass and follows that one to its end.
 */
export class Rebalancing {
  private readonly executions = new Map<
    string,
    { execution: RebalancingExecution; orders: RebalancingOrder[] }
  >();

  constructor(
    private readonly accounts: Accounts,
    private readonly portfolios: PortfolioLife,
    private readonly log: EventLog,
    private readonly clock: Clock,
    private readonly waits: PacedWaits,
  ) {}

  start(target: RebalancingTarget): RebalancingExecution {
    const accounts = this.accountsOf(target);
    const moment = this.clock.next();
    const execution = { id: uuid(), created_at: moment, updated_at: moment, ...target };
    const orders = accounts.map((account) => this.createOrder(execution.id, account));
    this.executions.set(execution.id, { execution, orders });
    return execution;
  }

  find(executionId: string): { execution: RebalancingExecution; orders: RebalancingOrder[] } | undefined {
    return this.executions.get(executionId);
  }

  private accountsOf({ accounts = [], allocations = [] }: RebalancingTarget): Account[] {
    const ofAllocations = allocations.flatMap((id) => {
      const found = this.accounts.ofAllocation(id);
      if (found.length === 0) throw problem(404, `No account has the allocation ${id}`);
      return found;
    });
    return [...new Set([...accounts.map((id) => this.accounts.get(id)), ...ofAllocations])];
  }

  private createOrder(executionId: string, account: Account): RebalancingOrder {
    const moment = this.clock.next();
    const order: RebalancingOrder = {
      id: uuid(),
      execution_id: executionId,
      account_id: account.id,
      portfolio_order_id: null,
      status: 'NEW',
      created_at: moment,
      updated_at: moment,
    };
    this.log.emit('REBALANCING_EXECUTION_ORDER', order, moment);
    this.waits.start('processAfterMs', () => {
      this.begin(order);
    });
    return order;
  }

  private begin(order: RebalancingOrder): void {
    const account = this.accounts.get(order.account_id);
    const reason =
      account.scenario === 'ACCOUNT_NOT_FOUND' ? account.scenario : account.rejectRebalancingWith;
    if (reason) {
      this.cancel(order, reason, 'The account failed a check');
      return;
    }
    const { portfolioOrder } = this.portfolios.accept(
      {
        userId: account.userId,
        accountId: account.id,
        cashAmount: turnover,
        currency: 'EUR',
        type: 'REBALANCING',
        postTax: false,
        initiationFlow: 'API',
      },
      () => {
        const { status, cancellation_reason: why, cancellation_details: details = '' } = portfolioOrder;
        if (status === 'FILLED') this.change(order, 'FILLED');
        else
          this.cancel(order, rebalancingCancellationReasons.find((one) => one === why) ?? 'UNKNOWN', details);
      },
    );
    order.portfolio_order_id = portfolioOrder.id;
    this.change(order, 'PROCESSING');
  }

  private cancel(order: RebalancingOrder, reason: RebalancingCancellationReason, details: string): void {
    order.cancellation_reason = reason;
    order.cancellation_details = details;
    this.change(order, 'CANCELLED');
  }

  private change(order: RebalancingOrder, status: RebalancingOrder['status']): void {
    order.status = status;
    order.updated_at = this.clock.next();
    this.log.emit('REBALANCING_EXECUTION_ORDER', order, order.updated_at);
  }
}
