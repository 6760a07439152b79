import { v4 as uuid } from 'uuid';
import type { Account, Accounts } from '../access/accounts';
import type { Clock } from '../behaviour/clock';
import type { EventLog } from '../webhooks/event-log';
import {
  rebalancingCancellationReasons,
  type RebalancingCancellationReason,
  type RebalancingExecution,
  type RebalancingOrder,
} from './wire-objects';
import type { PacedTimers } from '../behaviour/paced-timers';
import type { PortfolioLifecycle } from './portfolio-lifecycle';
import { problem } from '../http/problem';

/** Accounts or allocations to rebalance: exactly one of the two. */
export interface RebalancingTarget {
  accounts?: string[];
  allocations?: string[];
}

/** Cash that a rebalancing moves. Upvest derives it from the account's positions, which are not simulated. */
const turnover = '100.00';

/**
 * Rebalancing executions (references/upvest.md#rebalancing): one rebalancing order per account, which creates a
 * portfolio order if its checks pass and takes over the final status of that order.
 */
export class Rebalancing {
  private readonly executions = new Map<
    string,
    { execution: RebalancingExecution; orders: RebalancingOrder[] }
  >();

  constructor(
    private readonly accounts: Accounts,
    private readonly portfolios: PortfolioLifecycle,
    private readonly log: EventLog,
    private readonly clock: Clock,
    private readonly timers: PacedTimers,
  ) {}

  start(target: RebalancingTarget): RebalancingExecution {
    const accounts = this.accountsOf(target);
    const timestamp = this.clock.next();
    const execution = { id: uuid(), created_at: timestamp, updated_at: timestamp, ...target };
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
      if (found.length === 0) throw problem(404, `Allocation ${id} not found in any account`);
      return found;
    });
    return [...new Set([...accounts.map((id) => this.accounts.get(id)), ...ofAllocations])];
  }

  private createOrder(executionId: string, account: Account): RebalancingOrder {
    const timestamp = this.clock.next();
    const order: RebalancingOrder = {
      id: uuid(),
      execution_id: executionId,
      account_id: account.id,
      portfolio_order_id: null,
      status: 'NEW',
      created_at: timestamp,
      updated_at: timestamp,
    };
    this.log.emit('REBALANCING_EXECUTION_ORDER', order, timestamp);
    this.timers.start('processAfterMs', () => {
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
