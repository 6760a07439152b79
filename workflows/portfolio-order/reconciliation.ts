/**
 * The background task that reconciles an order with Upvest when a deadline has passed or an operator requests it, and that
 * recovers a predecessor run. It runs beside the tracking, so that an outage of Upvest only delays reconciliation.
 */
import {
  ActivityFailure,
  log,
  proxyActivities,
  rootCause,
  type ActivityInterfaceFor,
} from '@temporalio/workflow';
import { RetryState } from '@temporalio/common';
import { isNewOrder, withPredecessor, type PredecessorRun } from '../../src/domain/order/recovery';
import { decodeState } from '../../src/domain/order-state/state-codec';
import {
  knownOrders,
  reconciliationDueAt,
  reconciliationRule,
  withReconciliation,
  type ReconciliationResult,
} from '../../src/domain/order/reconciliation';
import { isTryDue, withTrouble } from '../../src/domain/order/troubles';
import { READ } from '../priorities';
import { BackgroundTask } from './background-task';
import { brokerPauseOf } from './broker-pause';
import { ATTEMPTS, RETRY } from './retry';
import type { PortfolioOrderInput } from '../../contracts/portfolio-order';
import type { TrackingActivities, OrdersRead, RecoveryActivities } from '../../contracts/activities';
import type { OrderState } from '../../src/domain/order-state/state';

const UNREADABLE = 'Could not look for a predecessor run';

export class ReconciliationTask extends BackgroundTask {
  private readonly broker: ActivityInterfaceFor<TrackingActivities>;
  private readonly temporal: ActivityInterfaceFor<RecoveryActivities>;

  constructor(
    private readonly order: { state: OrderState },
    private readonly input: PortfolioOrderInput,
  ) {
    super();
    this.broker = proxyActivities<TrackingActivities>({
      taskQueue: input.brokerTaskQueue,
      priority: READ,
      startToCloseTimeout: '5m',
      heartbeatTimeout: '15s',
      // Bounded, so that the order shows why it fails, and so that a long outage leaves gaps for continue-as-new.
      scheduleToCloseTimeout: '10m',
      retry: { ...RETRY, ...(input.policies.troubles && { maximumAttempts: ATTEMPTS }) },
    });
    this.temporal = proxyActivities<RecoveryActivities>({
      startToCloseTimeout: '30s',
      // Signals wait for this answer, as long as Temporal's index is throttling or away: that is no evidence of anything.
      retry: { initialInterval: '1s', maximumInterval: '15s' },
      // Bounded for the same reason.
      ...(input.policies.troubles && { scheduleToCloseTimeout: '10m' }),
    });
  }

  protected hasWork(): boolean {
    const { state } = this.order;
    if (state.recovery === 'recovering') return isTryDue(state, 'recovery', Date.now());
    const at = reconciliationDueAt(state, this.input.policies.deadlines);
    return at !== undefined && at <= Date.now();
  }

  protected async work(): Promise<void> {
    if (this.order.state.recovery === 'recovering') {
      await this.recover();
      return;
    }
    const askedAt = Date.now();
    const answer = await this.reconcile();
    // What was read for the run before its reset concerns an outdated state.
    if (this.order.state.resetAt !== undefined) return;
    this.order.state = withReconciliation(
      this.order.state,
      answer,
      { askedAt, now: Date.now() },
      this.input.policies,
    );
  }

  private async recover(): Promise<void> {
    const began = Date.now();
    try {
      const earlier = await this.findPredecessor();
      this.order.state = withPredecessor(this.order.state, earlier, Date.now());
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      const cause = rootCause(error) ?? error.message;
      const now = Date.now();
      this.order.state =
        error.retryState === RetryState.NON_RETRYABLE_FAILURE
          ? withPredecessor(this.order.state, { kind: 'unreadable', why: `${UNREADABLE}: ${cause}` }, now)
          : withTrouble(this.order.state, { kind: 'recovery', cause, began, now }, this.input.policies);
    }
  }

  private async findPredecessor(): Promise<PredecessorRun> {
    const { state } = this.order;
    const wasReset = state.resetAt !== undefined;
    const isNew = state.saving !== undefined && !wasReset && isNewOrder(state, Date.now());
    const summary = 'Look for a predecessor run';
    const search = { wasReset, ...(isNew && { isNew }) };
    const found = await this.temporal.findPredecessorRun.executeWithOptions({ summary }, [search]);
    return found.kind === 'found' ? { kind: 'found', state: decodeState(found.state) } : found;
  }

  private async reconcile(): Promise<ReconciliationResult> {
    const { state } = this.order;
    const { portfolioOrderId } = state.record;
    const summary = `Reconcile: ${reconciliationRule(state, Date.now())}`;
    try {
      const read = await this.broker.readPortfolioOrder.executeWithOptions({ summary }, [
        { portfolioOrderId, known: knownOrders(state) },
      ]);
      if (read.kind === 'unknown-order') return read;
      return { kind: 'read', ...(await this.readOn(read)) };
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      const pauseMs = brokerPauseOf(error);
      const why = rootCause(error) ?? error.message;
      return { kind: 'failed', why, ...(pauseMs !== undefined && { pauseMs }) };
    }
  }

  /** Reads page by page. A page that fails is left to the next reconciliation; what was read counts. */
  private async readOn(
    first: OrdersRead,
  ): Promise<Omit<Extract<ReconciliationResult, { kind: 'read' }>, 'kind'>> {
    const observations = [...first.observations];
    const unknown = [...(first.unknown ?? [])];
    const failed = [...(first.failed ?? [])];
    let { incomplete } = first;
    try {
      for (let orderIds = first.left; orderIds.length > 0;) {
        const page = await this.broker.readOrders({ orderIds });
        observations.push(...page.observations);
        unknown.push(...(page.unknown ?? []));
        failed.push(...(page.failed ?? []));
        incomplete ??= page.incomplete;
        orderIds = page.left;
      }
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      log.warn('Not all orders could be read', { error });
      incomplete = rootCause(error) ?? error.message;
    }
    return { observations, unknown, failed, ...(incomplete !== undefined && { incomplete }) };
  }
}
