/**
 * The background task that sends the OrderEvents of one portfolio order to ESW: one batch at a time, beside the tracking,
 * so that an outage of ESW never blocks it.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  rootCause,
  TimeoutFailure,
  type ActivityInterfaceFor,
} from '@temporalio/workflow';
import { topicOf } from '../../src/domain/order-event/topic';
import { namesOf, type BuiltEvent } from '../../src/domain/outbox/outbox';
import {
  EMISSION_BUSY,
  EMISSION_UNAUTHORISED,
  type EmissionFailureDetails,
} from '../../src/domain/order/emission-failure';
import { buildOrderEvent, isUnbuildable } from '../../src/domain/order-event/build';
import {
  dispatchPlan,
  hasEmissionWork,
  withBatch,
  withBatchAgain,
  withoutAnswer,
  withPause,
  withResults,
  withUnbuildable,
  type EmissionResult,
} from '../../src/domain/order/emission';
import {
  asArchived,
  beginSave,
  VERSIONS_OF_A_BATCH,
  withBehind,
  withSaved,
  withSaveUndone,
  withUnsavedEvents,
  type SaveBegun,
} from '../../src/domain/records/saving';
import { BackgroundTask } from './background-task';
import { isBehind, recordSave } from './saving';
import { ATTEMPTS, RETRY } from './retry';
import { type PortfolioOrderInput, portfolioOrderWorkflowId } from '../../contracts/portfolio-order';
import { eventsInFlight, type EmissionActivities, type SavingBatchResult } from '../../contracts/activities';
import type { OrderState } from '../../src/domain/order-state/state';
import { own } from '../../src/domain/values/own';

/**
 * Bounds of one batch: it is part of the state that continue-as-new carries, and stands in one call beside the compressed state
 * of the order. Both stay below half a mebibyte for an order of 500 children.
 */
const MAX_EVENTS = 200;
const MAX_BYTES = 160 * 1024;

/** Revision of the first runs whose calls have the bytes of events in the saved state alone, and may store the final record. */
const BYTES_IN_THE_STATE_SINCE = 9;

export class EmissionTask extends BackgroundTask {
  private readonly sink: ActivityInterfaceFor<EmissionActivities>;

  constructor(
    private readonly order: { state: OrderState },
    private readonly input: PortfolioOrderInput,
  ) {
    super();
    const { emissionTaskQueue: taskQueue } = input;
    this.sink = proxyActivities<EmissionActivities>({
      ...(taskQueue !== undefined && { taskQueue }),
      startToCloseTimeout: '25m',
      heartbeatTimeout: '15s',
      // Bounded, so that the order shows why it fails, and so that a long outage of ESW leaves gaps for continue-as-new.
      scheduleToCloseTimeout: '10m',
      retry: { ...RETRY, ...(input.policies.troubles && { maximumAttempts: ATTEMPTS }) },
    });
  }

  protected hasWork(): boolean {
    return hasEmissionWork(this.order.state, Date.now(), this.input.policies);
  }

  protected async work(): Promise<void> {
    if (this.order.state.emission.inFlight.length === 0) this.takeBatch();
    const batch = this.order.state.emission.inFlight;
    if (batch.length > 0) await this.send(batch);
  }

  private takeBatch(): void {
    const { retryQueue } = this.order.state.emission;
    if (retryQueue.length > 0) this.order.state = withBatchAgain(this.order.state, countThatFits(retryQueue));
    else this.buildBatch();
  }

  /** Builds the bodies of what is ready, once: from here on their bytes are fixed. */
  private buildBatch(): void {
    const { record, placed, brandOrderReference, revision = 0 } = this.order.state;
    const reference = brandOrderReference ?? placed?.reference ?? record.portfolioOrderId;
    const { ready } = dispatchPlan(this.order.state, Date.now(), this.input.policies);
    const batch: BuiltEvent[] = [];
    let bytes = 0;
    for (const entry of ready.slice(0, MAX_EVENTS)) {
      try {
        const event = buildOrderEvent({
          record,
          topic: entry,
          brandOrderReference: reference,
          workflowId: portfolioOrderWorkflowId(record.portfolioOrderId),
          settings: this.input.emission,
          revision,
          ...(placed && { placed }),
        });
        bytes += event.body.length;
        if (bytes > MAX_BYTES && batch.length > 0) break;
        batch.push({ ...topicOf(entry), ...event });
      } catch (error) {
        if (!isUnbuildable(error)) throw error;
        this.order.state = withUnbuildable(this.order.state, entry, error.message, Date.now());
      }
    }
    this.order.state = withBatch(this.order.state, batch, reference);
  }

  /** Sends the batch and records the answers; after a failure those received so far, and the rest is sent again. */
  private async send(batch: BuiltEvent[]): Promise<void> {
    const summary = `Send to ESW: ${namesOf(batch)}`;
    const correlationId = portfolioOrderWorkflowId(this.input.portfolioOrderId);
    const began = Date.now();
    const begun = beginSave(this.order.state, began, VERSIONS_OF_A_BATCH);
    if (begun !== undefined) this.order.state = begun.state;
    const { emission, revision = 0 } = this.order.state;
    const isEnough = begun !== undefined && revision >= BYTES_IN_THE_STATE_SINCE;
    try {
      const answer = await this.sink.emitOrderEvents.executeWithOptions({ summary }, [
        { correlationId, ...(!isEnough && { events: eventsInFlight(emission) }) },
        begun && recordSave(begun.save, this.input, isEnough ? { mayFinish: true } : {}),
      ]);
      if (Array.isArray(answer)) this.file(answer);
      else this.fileSaved(answer, begun?.save);
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      this.fileFailure(error, began, begun?.save);
    }
  }

  private file(results: EmissionResult[]): void {
    this.order.state = withResults(this.order.state, results, Date.now());
  }

  private fileSaved(answer: SavingBatchResult, save?: SaveBegun): void {
    const { results, savedBefore, savedAfter, answeredAt, archivedAt } = answer;
    this.fileSave(save, results, savedBefore);
    const { saving } = this.order.state;
    const isLatest = save !== undefined && saving?.version === save.version + VERSIONS_OF_A_BATCH - 1;
    if (savedBefore && savedAfter && isLatest && saving.staleSince === undefined) {
      // The answers are stored, too: as they are here.
      const next = withResults(this.order.state, results, answeredAt);
      const isFinal = archivedAt !== undefined && next.inbox.length === 0 && next.recovery === 'recovered';
      this.order.state = isFinal
        ? asArchived(withResults(save.candidate, results, answeredAt), archivedAt)
        : { ...next, saving: { ...saving } };
    } else this.file(results);
  }

  /** Notes whether the order was saved before the events were sent, whose bytes it loses with their answers. */
  private fileSave(save: SaveBegun | undefined, results: EmissionResult[], isSaved: boolean): void {
    if (save === undefined) return;
    if (isSaved) {
      this.order.state = withSaved(this.order.state, save);
      return;
    }
    const answered = new Set(results.map(({ id }) => id));
    const sent = this.order.state.emission.inFlight.filter(({ id }) => answered.has(id));
    this.order.state = withUnsavedEvents(withSaveUndone(this.order.state, save), sent);
  }

  private fileFailure(failure: ActivityFailure, began: number, save: SaveBegun | undefined): void {
    if (isBehind(failure)) {
      this.order.state = withBehind(this.order.state, Date.now());
      return;
    }
    const results = this.fileAnswers(failure, save);
    if (results.length > 0) return;
    const time = { began, now: Date.now() };
    this.order.state = withoutAnswer(
      this.order.state,
      rootCause(failure) ?? failure.message,
      time,
      this.input.policies,
    );
  }

  /** Files the answers that a failed call had, and begins the pause that it requests. */
  private fileAnswers({ cause }: ActivityFailure, save: SaveBegun | undefined): EmissionResult[] {
    if (cause instanceof TimeoutFailure) {
      const progress: unknown = cause.lastHeartbeatDetails;
      const answers = Array.isArray(progress) ? (progress as EmissionResult[]) : [];
      this.fileSave(save, answers, false);
      this.file(answers);
      return answers;
    }
    const why = cause instanceof ApplicationFailure ? own(PAUSES, cause.type ?? '') : undefined;
    const [details] = (cause instanceof ApplicationFailure ? (cause.details ?? []) : []) as [
      EmissionFailureDetails?,
    ];
    const results = details?.results ?? [];
    this.fileSave(save, results, details?.saved ?? false);
    this.file(results);
    if (why === undefined || details === undefined) return results;
    const { refusal, retryAfterMs } = details;
    const pause = { why, refusal, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    this.order.state = withPause(this.order.state, pause, Date.now());
    return results;
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
