/**
 * The lane on which OrderEvents of one portfolio order go to ESW: one batch at a time, beside the tracking, which an
 * outage of ESW therefore never holds up.
 */
import { ActivityFailure, proxyActivities, TimeoutFailure } from '@temporalio/workflow';
import type { FulfillmentActivities } from '../activities/fulfillment';
import type { BuiltEvent } from '../src/domain/emission';
import { InexactAmountError } from '../src/domain/money';
import { buildOrderEvent } from '../src/domain/order-event';
import {
  emissionPlan,
  withBatch,
  withResults,
  withUnbuildable,
  type EmissionResult,
} from '../src/domain/order-emission';
import type { OrderLife } from '../src/domain/order-life';
import { Lane } from './lane';
import type { PortfolioOrderInput } from './messages';
import { portfolioOrderWorkflowId } from './messages';

/** Bounds of one batch: what rides along in continue-as-new has to stay small. */
const MAX_EVENTS = 50;
const MAX_BYTES = 256 * 1024;

const { emitOrderEvents } = proxyActivities<FulfillmentActivities>({
  startToCloseTimeout: '25m',
  heartbeatTimeout: '15s',
  // A call ends after ten minutes without success, so that a long outage of ESW leaves gaps for continue-as-new.
  scheduleToCloseTimeout: '10m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '60s' },
});

export class EmissionLane extends Lane {
  constructor(
    private readonly order: { life: OrderLife },
    private readonly input: PortfolioOrderInput,
  ) {
    super();
  }

  protected hasWork(): boolean {
    const { life } = this.order;
    if (life.emission.inFlight.length > 0) return true;
    return emissionPlan(life, Date.now(), this.input.policies).due.length > 0;
  }

  protected async work(): Promise<void> {
    if (this.order.life.emission.inFlight.length === 0) this.takeBatch();
    const batch = this.order.life.emission.inFlight;
    const results = batch.length > 0 ? await this.send(batch) : [];
    this.order.life = withResults(this.order.life, results, Date.now());
  }

  /** Builds the bodies of what is due, once: from here on their bytes are fixed. */
  private takeBatch(): void {
    const { record, placed, brandOrderReference } = this.order.life;
    const reference = brandOrderReference ?? placed?.reference ?? record.portfolioOrderId;
    const batch: BuiltEvent[] = [];
    let bytes = 0;
    for (const entry of emissionPlan(this.order.life, Date.now(), this.input.policies).due.slice(
      0,
      MAX_EVENTS,
    )) {
      try {
        const event = buildOrderEvent({
          record,
          status: entry.status,
          brandOrderReference: reference,
          workflowId: portfolioOrderWorkflowId(record.portfolioOrderId),
          settings: this.input.emission,
        });
        bytes += event.body.length;
        if (bytes > MAX_BYTES && batch.length > 0) break;
        batch.push({ status: entry.status, ...event });
      } catch (error) {
        if (!(error instanceof InexactAmountError)) throw error;
        this.order.life = withUnbuildable(this.order.life, entry, error.message, Date.now());
      }
    }
    this.order.life = withBatch(this.order.life, batch, reference);
  }

  /** Sends the batch; on failure returns what had been answered until then, and the rest is sent again. */
  private async send(batch: BuiltEvent[]): Promise<EmissionResult[]> {
    const summary = `Tell ESW: ${batch.map((event) => event.status).join(', ')}`;
    const events = batch.map(({ id, body }) => ({ id, body }));
    const correlationId = portfolioOrderWorkflowId(this.input.portfolioOrderId);
    try {
      return await emitOrderEvents.executeWithOptions({ summary }, [{ correlationId, events }]);
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      const progress: unknown =
        error.cause instanceof TimeoutFailure ? error.cause.lastHeartbeatDetails : undefined;
      return Array.isArray(progress) ? (progress as EmissionResult[]) : [];
    }
  }
}
