/**
 * The lane on which OrderEvents of one portfolio order go to ESW: one batch at a time, beside the tracking, which an
 * outage of ESW therefore never holds up.
 */
import { ActivityFailure, ApplicationFailure, proxyActivities, TimeoutFailure } from '@temporalio/workflow';
import type { FulfillmentActivities } from '../activities/fulfillment';
import { addressOf, namesOf, topicOf, type BuiltEvent } from '../src/domain/emission';
import {
  EMISSION_BUSY,
  EMISSION_UNAUTHORISED,
  type EmissionFailureDetails,
} from '../src/domain/emission-failure';
import { buildOrderEvent, isUnsendable } from '../src/domain/order-event';
import {
  emissionPlan,
  hasEmissionWork,
  withBatch,
  withBatchAgain,
  withPause,
  withResults,
  withUnbuildable,
  type EmissionResult,
} from '../src/domain/order-emission';
import type { OrderLife } from '../src/domain/order-life';
import { Lane } from './lane';
import type { PortfolioOrderInput } from './messages';
import { portfolioOrderWorkflowId } from './messages';

/** Bounds of one batch: what rides along in continue-as-new has to stay small. */
const MAX_EVENTS = 200;
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
    return hasEmissionWork(this.order.life, Date.now(), this.input.policies);
  }

  protected async work(): Promise<void> {
    if (this.order.life.emission.inFlight.length === 0) this.takeBatch();
    const batch = this.order.life.emission.inFlight;
    if (batch.length > 0) await this.send(batch);
  }

  private takeBatch(): void {
    const { again = [] } = this.order.life.emission;
    if (again.length > 0) this.order.life = withBatchAgain(this.order.life, countThatFits(again));
    else this.buildBatch();
  }

  /** Builds the bodies of what is due, once: from here on their bytes are fixed. */
  private buildBatch(): void {
    const { record, placed, brandOrderReference } = this.order.life;
    const reference = brandOrderReference ?? placed?.reference ?? record.portfolioOrderId;
    const { due } = emissionPlan(this.order.life, Date.now(), this.input.policies);
    const batch: BuiltEvent[] = [];
    let bytes = 0;
    for (const entry of due.slice(0, MAX_EVENTS)) {
      try {
        const event = buildOrderEvent({
          record,
          topic: topicOf(entry),
          brandOrderReference: reference,
          workflowId: portfolioOrderWorkflowId(record.portfolioOrderId),
          settings: this.input.emission,
          ...(placed && { placed }),
        });
        bytes += event.body.length;
        if (bytes > MAX_BYTES && batch.length > 0) break;
        batch.push({ ...addressOf(entry), ...event });
      } catch (error) {
        if (!isUnsendable(error)) throw error;
        this.order.life = withUnbuildable(this.order.life, entry, error.message, Date.now());
      }
    }
    this.order.life = withBatch(this.order.life, batch, reference);
  }

  /** Sends the batch and files the answers; after a failure those that had come, and the rest is sent again. */
  private async send(batch: BuiltEvent[]): Promise<void> {
    const summary = `Tell ESW: ${namesOf(batch)}`;
    const events = batch.map(({ id, body, sentBefore }) => ({ id, body, ...(sentBefore && { sentBefore }) }));
    const correlationId = portfolioOrderWorkflowId(this.input.portfolioOrderId);
    try {
      const results = await emitOrderEvents.executeWithOptions({ summary }, [{ correlationId, events }]);
      this.file(results);
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      this.fileFailure(error);
    }
  }

  private file(results: EmissionResult[]): void {
    this.order.life = withResults(this.order.life, results, Date.now());
  }

  private fileFailure({ cause }: ActivityFailure): void {
    if (cause instanceof TimeoutFailure) {
      const progress: unknown = cause.lastHeartbeatDetails;
      this.file(Array.isArray(progress) ? (progress as EmissionResult[]) : []);
      return;
    }
    const why = cause instanceof ApplicationFailure ? PAUSES[cause.type ?? ''] : undefined;
    const [details] = (cause instanceof ApplicationFailure ? (cause.details ?? []) : []) as [
      EmissionFailureDetails?,
    ];
    this.file(details?.results ?? []);
    if (why === undefined || details === undefined) return;
    const { refusal, retryAfterMs } = details;
    const pause = { why, refusal, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    this.order.life = withPause(this.order.life, pause, Date.now());
  }
}

const PAUSES: Partial<Record<string, 'unauthorised' | 'busy'>> = {
  [EMISSION_UNAUTHORISED]: 'unauthorised',
  [EMISSION_BUSY]: 'busy',
};

function countThatFits(events: BuiltEvent[]): number {
  let bytes = 0;
  const end = events.slice(0, MAX_EVENTS).findIndex(({ body }, index) => {
    bytes += body.length;
    return bytes > MAX_BYTES && index > 0;
  });
  return end === -1 ? Math.min(events.length, MAX_EVENTS) : end;
}
