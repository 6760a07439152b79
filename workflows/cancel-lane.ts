/** The lane on which Upvest is asked to cancel an order. What comes of it, webhooks and questions tell. */
import { ActivityFailure, proxyActivities, type ActivityInterfaceFor } from '@temporalio/workflow';
import type { BrokerQuestionActivities } from '../activities/broker-questions';
import { isCancelOwed, withCancelAnswer } from '../src/domain/cancellation';
import type { OrderLife } from '../src/domain/order-life';
import { Lane } from './lane';
import type { PortfolioOrderInput } from './messages';

export class CancelLane extends Lane {
  private readonly broker: ActivityInterfaceFor<BrokerQuestionActivities>;

  constructor(
    private readonly order: { life: OrderLife },
    input: PortfolioOrderInput,
  ) {
    super();
    this.broker = proxyActivities<BrokerQuestionActivities>({
      taskQueue: input.brokerTaskQueue,
      startToCloseTimeout: '60s',
      heartbeatTimeout: '15s',
      // As long as Upvest is away the lane asks again, with gaps for continue-as-new and for an order that has ended.
      scheduleToCloseTimeout: '10m',
      retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '60s' },
    });
  }

  protected hasWork(): boolean {
    return isCancelOwed(this.order.life);
  }

  protected async work(): Promise<void> {
    const { cancel, record } = this.order.life;
    if (cancel === undefined) return;
    const { portfolioOrderId } = record;
    const askedAt = new Date(cancel.at).toISOString();
    const summary = `DELETE the order: ${cancel.rule}`;
    try {
      const answer = await this.broker.cancelPortfolioOrder.executeWithOptions({ summary }, [
        { portfolioOrderId, askedAt },
      ]);
      this.order.life = withCancelAnswer(this.order.life, answer, Date.now());
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
    }
  }
}
