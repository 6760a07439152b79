/** The background task that requests a cancel at Upvest. Webhooks and reconciliation bring the result. */
import { ActivityFailure, proxyActivities, type ActivityInterfaceFor } from '@temporalio/workflow';
import { isCancelUnsent, withCancelAnswer } from '../../src/domain/order/cancellation';
import { BackgroundTask } from './background-task';
import type { PortfolioOrderInput } from '../../contracts/portfolio-order';
import type { TrackingActivities } from '../../contracts/activities';
import type { OrderState } from '../../src/domain/order-state/state';

export class CancellationTask extends BackgroundTask {
  private readonly broker: ActivityInterfaceFor<TrackingActivities>;

  constructor(
    private readonly order: { state: OrderState },
    input: PortfolioOrderInput,
  ) {
    super();
    this.broker = proxyActivities<TrackingActivities>({
      taskQueue: input.brokerTaskQueue,
      startToCloseTimeout: '60s',
      heartbeatTimeout: '15s',
      // Bounded, so that a long outage leaves gaps for continue-as-new and for an order that finished; then it is repeated.
      scheduleToCloseTimeout: '10m',
      retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '60s' },
    });
  }

  protected hasWork(): boolean {
    return isCancelUnsent(this.order.state);
  }

  protected async work(): Promise<void> {
    const { cancel, record } = this.order.state;
    if (cancel === undefined) return;
    const { portfolioOrderId } = record;
    const askedAt = new Date(cancel.at).toISOString();
    const summary = `DELETE the order: ${cancel.rule}`;
    try {
      const answer = await this.broker.cancelPortfolioOrder.executeWithOptions({ summary }, [
        { portfolioOrderId, askedAt },
      ]);
      this.order.state = withCancelAnswer(this.order.state, answer, Date.now());
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
    }
  }
}
