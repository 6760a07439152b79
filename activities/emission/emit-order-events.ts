/** The activity that sends OrderEvents to the fulfilment sink. */
import {
  ApplicationFailure,
  activityInfo,
  cancellationSignal,
  Context,
  heartbeat,
  sleep,
} from '@temporalio/activity';
import {
  EMISSION_BUSY,
  EMISSION_UNAUTHORISED,
  type EmissionFailureDetails,
} from '../../src/domain/order/emission-failure';
import { withResults, type EmissionResult } from '../../src/domain/order/emission';
import type { OrderSave, OrderStore } from '../../src/app/ports/order-store';
import type { SinkOutcome, FulfillmentSink } from '../../src/app/ports/fulfillment-sink';
import { eventsOf, type EmissionActivities, type EventToSend } from '../../contracts/activities';
import { orderSave, saveOrder, saveToTheEnd } from '../records/save-record';
import { withHeartbeat } from '../support/heartbeat';
import { isLongPause, isPause, millisecondsLeft } from '../support/pauses';
import { sendPartitions } from './partitions';

/**
 * Pauses before the same event is retried within an attempt: the first one of a call, or one after the sink has
 * answered for another event of its partition. A sink that fails now and then should not end the attempt, whose pauses double up
 * to a minute; a sink that stays unavailable is called once per further attempt.
 */
const PAUSES_BETWEEN_TRIES_MS = [200, 400, 800, 1_600, 3_200];

/** Failure type of an attempt that is retried. */
const EMISSION_RETRY = 'FULFILLMENT_RETRY';

/** Pause before the next attempt to save, during a recovery. */
const SAVE_AGAIN_MS = 2_000;

/** @param isSaveRequired true during a recovery after a loss: nothing is sent that could not be saved before */
export function createEmissionActivities(
  sink: FulfillmentSink,
  store: OrderStore,
  isSaveRequired: () => boolean = () => false,
): EmissionActivities {
  /** A save that fails delays nothing: the workflow learns of it, and repeats it. */
  async function trySave(save: () => Promise<void>, log: Context['log']): Promise<boolean> {
    try {
      await save();
      return true;
    } catch (error) {
      if (error instanceof ApplicationFailure) throw error;
      log.warn('The order could not be saved with its events; the workflow repeats the save', { error });
      return false;
    }
  }

  return {
    async emitOrderEvents(batch, save) {
      const { log } = Context.current();
      const { correlationId } = batch;
      const events = eventsOf(batch, save);
      const order = save && orderSave(save);
      // ESW gets nothing that the database does not know, unless that is away: a restored workflow must not send other bytes.
      const savedBefore = order !== undefined && (await trySave(() => saveOrder(store, order), log));
      if (order !== undefined && !savedBefore && isSaveRequired()) throw notBeforeItIsSaved();
      const saved = order && { saved: savedBefore };
      const { attempt } = activityInfo();
      const signal = cancellationSignal();
      const results = ((activityInfo().heartbeatDetails as EmissionResult[] | undefined) ?? []).slice();
      const answered = new Set(results.map((result) => result.id));

      /** Answers that the last heartbeat had. */
      let reported = results.length;
      const progress = {
        hasNews: () => results.length > reported,
        details: () => {
          reported = results.length;
          return results;
        },
      };
      const failures: Failure[] = [];
      /** True once the sink rejects everything or asks for a pause: no partition goes on. */
      const isStopped = (): boolean => failures.some(endsAllPartitions);

      async function tryToDeliver(
        { id, body, sentBefore }: EventToSend,
        [pause, ...pauses]: readonly number[],
      ): Promise<SinkOutcome> {
        signal.throwIfAborted();
        const isRepeated = sentBefore === true || attempt > 1;
        const event = { id, body, correlationId, sentBefore: isRepeated };
        const delivery = await sink.deliver(event, { signal });
        if (delivery.outcome !== 'retry' || endsAllPartitions(delivery)) return delivery;
        if (pause === undefined || pause > millisecondsLeft()) return delivery;
        await sleep(pause);
        return isStopped() ? delivery : tryToDeliver({ id, body, sentBefore: true }, pauses);
      }

      /** Partitions in which the sink has answered during this attempt. */
      const answeredPartitions = new Set<object>();

      /** @returns false if the partition ends with this event */
      async function deliver(event: EventToSend, partition: object): Promise<boolean> {
        if (isStopped()) return false;
        const mayRepeat = attempt === 1 || answeredPartitions.has(partition);
        const delivery = await tryToDeliver(event, mayRepeat ? PAUSES_BETWEEN_TRIES_MS : []);
        const { id } = event;
        switch (delivery.outcome) {
          case 'accepted':
            results.push({ id, ...delivery });
            break;
          case 'refused':
            results.push({ id, outcome: 'refused', refusal: delivery.refusal });
            break;
          case 'unauthorised':
          case 'retry':
            failures.push(delivery);
            return false;
        }
        answeredPartitions.add(partition);
        return true;
      }

      return withHeartbeat(progress, async () => {
        const left = events.filter(({ id }) => !answered.has(id));
        await sendPartitions(left, deliver);
        const failure = worstOf(failures);
        // The pauses of the retry policy grow with the attempts of a call; after progress a new call resets them.
        if (failure !== undefined && (results.length === 0 || endsAllPartitions(failure))) {
          // A retry goes on from the last heartbeat.
          if (progress.hasNews()) heartbeat(progress.details());
          throw failureOf(failure, { results, ...saved });
        }
        if (order === undefined) return results;
        const answeredAt = Date.now();
        if (!savedBefore) return { results, savedBefore, savedAfter: false, answeredAt };
        const after = withAnswers(order, results, answeredAt);
        let archivedAt: string | undefined;
        const savedAfter = await trySave(async () => {
          if (save?.compressible.mayFinish) archivedAt = await saveToTheEnd(store, after);
          else await saveOrder(store, after);
        }, log);
        return {
          results,
          savedBefore,
          savedAfter,
          answeredAt,
          ...(archivedAt !== undefined && { archivedAt }),
        };
      });
    },
  };
}

type Failure = Extract<SinkOutcome, { outcome: 'unauthorised' | 'retry' }>;

/** True for what concerns every event: the sink takes nothing, now or from this deployment. */
function endsAllPartitions(failure: Failure): boolean {
  return (
    failure.outcome === 'unauthorised' || isPause(failure.retryAfterMs) || failure.unsentForMs !== undefined
  );
}

/** The failure that decides how the attempt ends: a fault of the deployment, or else the longest pause. */
function worstOf(failures: readonly Failure[]): Failure | undefined {
  const weight = (failure: Failure): number =>
    failure.outcome === 'unauthorised' ? Infinity : (failure.retryAfterMs ?? failure.unsentForMs ?? 0);
  return failures.reduce<Failure | undefined>(
    (worst, one) => (worst === undefined || weight(one) > weight(worst) ? one : worst),
    undefined,
  );
}

function failureOf(
  failure: Failure,
  answers: Pick<EmissionFailureDetails, 'results' | 'saved'>,
): ApplicationFailure {
  const { outcome, refusal } = failure;
  if (outcome === 'unauthorised') return forTheWorkflow(EMISSION_UNAUTHORISED, { ...answers, refusal });
  const { retryAfterMs, unsentForMs } = failure;
  // A pause longer than this call becomes a timer of the workflow.
  if (isLongPause(retryAfterMs)) return forTheWorkflow(EMISSION_BUSY, { ...answers, refusal, retryAfterMs });
  const delay = isPause(retryAfterMs) ? retryAfterMs : unsentForMs;
  return ApplicationFailure.create({
    type: EMISSION_RETRY,
    message: refusal.message,
    ...(delay !== undefined && { nextRetryDelay: delay }),
  });
}

/** A workflow of a restored Temporal may be outdated, and only the database can tell. */
function notBeforeItIsSaved(): ApplicationFailure {
  return ApplicationFailure.create({
    type: EMISSION_RETRY,
    message: 'During a recovery nothing is sent before it is saved, and the records database is away',
    nextRetryDelay: SAVE_AGAIN_MS,
  });
}

/** The order as it is once the workflow has the answers. */
function withAnswers(
  { version, state, settings, events = [] }: OrderSave,
  results: EmissionResult[],
  now: number,
): OrderSave {
  return { settings, events, version: version + 1, state: withResults(state, results, now) };
}

function forTheWorkflow(type: string, details: EmissionFailureDetails): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message: details.refusal.message,
    nonRetryable: true,
    details: [details],
  });
}
