/** The background task that requests a cancel at Upvest. Webhooks and reconciliation bring the result. */
import {
  ActivityFailure,
  proxyActivities,
  rootCause,
  sleep,
  type ActivityInterfaceFor,
} from '@temporalio/workflow';
import { isCancelUnsent, withCancelAnswer } from '../../src/domain/order/cancellation';
import { isTryDue, withTrouble } from '../../src/domain/order/troubles';
import { CANCEL } from '../priorities';
import { BackgroundTask } from './background-task';
import { brokerPauseOf } from './broker-pause';
import { ATTEMPTS, RETRY } from './retry';
import type { PortfolioOrderInput } from '../../contracts/portfolio-order';
import type { TrackingActivities } from '../../contracts/activities';
import type { OrderState } from '../../src/domain/order-state/state';

export class CancellationTask extends BackgroundTask {
  private readonly broker: ActivityInterfaceFor<TrackingActivities>;

  constructor(
    private readonly order: { state: OrderState },
    private readonly input: PortfolioOrderInput,
  ) {
    super();
    this.broker = proxyActivities<TrackingActivities>({
      taskQueue: input.brokerTaskQueue,
      priority: CANCEL,
      startToCloseTimeout: '60s',
      heartbeatTimeout: '15s',
      // Bounded, so that the order shows why it fails, and so that a long outage leaves gaps for continue-as-new and for an
      // order that finished; then it is repeated.
      scheduleToCloseTimeout: '10m',
      retry: { ...RETRY, ...(input.policies.troubles && { maximumAttempts: ATTEMPTS }) },
    });
  }

  protected hasWork(): boolean {
    return isCancelUnsent(this.order.state) && isTryDue(this.order.state, 'cancel', Date.now());
  }

  protected async work(): Promise<void> {
    const { cancel, record } = this.order.state;
    if (cancel === undefined) return;
    const { portfolioOrderId } = record;
    const askedAt = new Date(cancel.at).toISOString();
    const summary = `DELETE the order: ${cancel.rule}`;
    const began = Date.now();
    try {
      const answer = await this.broker.cancelPortfolioOrder.executeWithOptions({ summary }, [
        { portfolioOrderId, askedAt },
      ]);
      this.order.state = withCancelAnswer(this.order.state, answer, Date.now());
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      const { policies } = this.input;
      const pauseMs = brokerPauseOf(error);
      const now = Date.now();
      const failed = {
        kind: 'cancel' as const,
        cause: rootCause(error) ?? error.message,
        began,
        now,
        ...(pauseMs !== undefined && { nextTryAt: now + pauseMs }),
      };
      this.order.state = withTrouble(this.order.state, failed, policies);
      // Orders of earlier releases record no trouble, and so no time of the next attempt.
      if (policies.troubles === undefined && pauseMs !== undefined) await sleep(pauseMs);
    }
  }
}
