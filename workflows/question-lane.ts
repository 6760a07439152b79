/**
 * The lane on which the broker is asked about an order: when a deadline has passed, when an operator wants it, and for what
 * an earlier run knew. It runs beside the tracking, which an outage of the broker therefore only leaves without answers.
 */
import {
  ActivityFailure,
  log,
  proxyActivities,
  rootCause,
  type ActivityInterfaceFor,
} from '@temporalio/workflow';
import type { BrokerQuestionActivities, OrdersRead } from '../activities/broker-questions';
import type { EarlierRunActivities } from '../activities/earlier-run';
import { withEarlierRun, type EarlierRun } from '../src/domain/first-sight';
import type { Observation } from '../src/domain/observation';
import type { OrderLife } from '../src/domain/order-life';
import { unpackLife } from '../src/domain/packed-life';
import { knownOrders, questionAt, withAnswer, type Answer } from '../src/domain/reconciliation';
import { Lane } from './lane';
import type { PortfolioOrderInput } from './messages';

const { findEarlierRun } = proxyActivities<EarlierRunActivities>({
  startToCloseTimeout: '30s',
  // Messages wait for this answer, so it has an end; without one emission is held until somebody has looked.
  scheduleToCloseTimeout: '2m',
  retry: { initialInterval: '1s', maximumInterval: '15s' },
});

export class QuestionLane extends Lane {
  private readonly broker: ActivityInterfaceFor<BrokerQuestionActivities>;

  constructor(
    private readonly order: { life: OrderLife },
    private readonly input: PortfolioOrderInput,
  ) {
    super();
    this.broker = proxyActivities<BrokerQuestionActivities>({
      taskQueue: input.brokerTaskQueue,
      startToCloseTimeout: '5m',
      heartbeatTimeout: '15s',
      // A question ends some time, so that a long outage leaves gaps for continue-as-new; it is asked again later.
      scheduleToCloseTimeout: '10m',
      retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '60s' },
    });
  }

  protected hasWork(): boolean {
    const { life } = this.order;
    if (life.past === 'unknown') return true;
    const at = questionAt(life, this.input.policies.deadlines);
    return at !== undefined && at <= Date.now();
  }

  protected async work(): Promise<void> {
    if (this.order.life.past === 'unknown') {
      const earlier = await this.lookBack();
      this.order.life = withEarlierRun(this.order.life, earlier, Date.now());
      return;
    }
    const askedAt = Date.now();
    const answer = await this.ask();
    this.order.life = withAnswer(this.order.life, answer, { askedAt, now: Date.now() }, this.input.policies);
  }

  private async lookBack(): Promise<EarlierRun> {
    try {
      const found = await findEarlierRun.executeWithOptions({ summary: 'Was there an earlier run?' }, []);
      return found.kind === 'found' ? { kind: 'found', life: unpackLife(found.life) } : found;
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      return { kind: 'unreadable', why: `Could not look for an earlier run: ${rootCause(error) ?? ''}` };
    }
  }

  private async ask(): Promise<Answer> {
    const { life } = this.order;
    const { portfolioOrderId } = life.record;
    const rules = life.reconcile ? ['operator:reconcile'] : life.waits.map(({ rule }) => rule);
    const summary = `Ask Upvest: ${rules.join(', ')}`;
    try {
      const read = await this.broker.readPortfolioOrder.executeWithOptions({ summary }, [
        { portfolioOrderId, known: knownOrders(life) },
      ]);
      if (read.kind === 'unknown-order') return read;
      return { kind: 'read', observations: await this.readOn(read) };
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      return { kind: 'failed', why: rootCause(error) ?? error.message };
    }
  }

  /** Reads page by page; what fails in between is asked for again with the next question, and what was read counts. */
  private async readOn({ observations, left }: OrdersRead): Promise<Observation[]> {
    const all = [...observations];
    try {
      for (let orderIds = left; orderIds.length > 0;) {
        const page = await this.broker.readOrders({ orderIds });
        all.push(...page.observations);
        orderIds = page.left;
      }
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      log.warn('Not all orders could be read', { error });
    }
    return all;
  }
}
