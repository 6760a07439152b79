/**
 * Keeps webhook events that could not be processed, so that nothing is lost. Events that time may help are retried for a
 * week; the workflow ends when they are routed, prove redundant, or an operator decides.
 */
import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  currentUpdateInfo,
  proxyActivities,
  rootCause,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { BACKGROUND } from '../priorities';
import { searchAttributes } from '../../contracts/search-attributes';
import {
  discardUpdate,
  PARKED_EVENT_ENDED,
  retryUpdate,
  type ParkedEventAttempt,
  type ParkedEventInput,
  type ParkedEventOutcome,
  type RawEvent,
  TIME_HELPS,
} from '../../contracts/parked-event';
import type { ParkedEventActivities } from '../../contracts/activities';
import type { Decision, DecisionDigest } from '../../src/domain/values/decision';
import { plain } from '../../src/domain/values/markdown';
import { decisionsToSave } from './decisions';

const retry = { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '10m' } as const;
const { routeParkedEvent } = proxyActivities<ParkedEventActivities>({
  startToCloseTimeout: '60s',
  scheduleToCloseTimeout: '7d',
  priority: BACKGROUND,
  retry,
  summary: 'Route the event to its order',
});
/** One attempt: an operator waits for the answer. */
const { routeParkedEvent: routeNow } = proxyActivities<ParkedEventActivities>({
  startToCloseTimeout: '60s',
  retry: { ...retry, maximumAttempts: 1 },
  summary: 'Route the event to its order, on an operator’s request',
});

/** Retries by key that a list carries from run to run. */
const MAX_RETRIES = 20;

/** A cancellation of the workflow must not lose the event: operators discard it with a reason. */
export function parkedEvent(input: ParkedEventInput): Promise<ParkedEventOutcome> {
  return CancellationScope.nonCancellable(() => keep(input));
}

async function keep(input: ParkedEventInput): Promise<ParkedEventOutcome> {
  const { reason, detail, receivedAt } = input;
  let { retries = [] } = input;
  const state: { ending?: ParkedEventOutcome; rest?: RawEvent } = {};
  const decisions = decisionsToSave(input);
  const show = (state: string): void => {
    setCurrentDetails(
      [`**${reason}** ${plain(detail)}`, `Received ${receivedAt}`, plain(state)].join('\n\n'),
    );
  };
  const conclude = (attempt: ParkedEventAttempt): ParkedEventAttempt => {
    if (attempt.outcome === 'kept') show(`Waiting for an operator: ${attempt.why}`);
    else if (attempt.outcome === 'partly') state.rest = attempt.rest;
    else state.ending ??= attempt;
    return attempt;
  };

  const earlierRetry = () => retries.find((one) => one.key === currentUpdateInfo()?.id);
  const validator = (decision: Decision): void => {
    if (!decision.actor || !decision.reason) throw new Error('actor and reason are required.');
    // It has not ended yet where its decisions are still to be stored.
    if (state.ending !== undefined && earlierRetry() === undefined)
      throw ApplicationFailure.create({
        type: PARKED_EVENT_ENDED,
        message: 'The event is decided already',
        details: [state.ending],
      });
  };
  setHandler(
    discardUpdate,
    async ({ actor, reason: why, digest }: Decision & DecisionDigest) => {
      const discarded = { outcome: 'discarded', actor, reason: why } as const;
      conclude(discarded);
      await decisions.add('discard', { actor, reason: why }, Date.now(), discarded);
      return digest === undefined ? undefined : { digest };
    },
    {
      validator,
      description: 'Discards the event',
    },
  );
  const decideRetry = async ({
    actor,
    reason: why,
    digest,
  }: Decision & DecisionDigest): Promise<ParkedEventAttempt & DecisionDigest> => {
    const key = currentUpdateInfo()?.id ?? '';
    const decidedAt = Date.now();
    const first = earlierRetry();
    const asked = digest === undefined ? {} : { digest };
    if (first !== undefined) return { outcome: 'partly', rest: { raw: '' }, ...first };
    const attempt = conclude(await attemptNow(input));
    if (attempt.outcome === 'partly')
      retries = [...retries, { key, why: attempt.why, ...asked }].slice(-MAX_RETRIES);
    await decisions.add('retry', { actor, reason: why }, decidedAt, attempt);
    return { ...attempt, ...asked };
  };
  setHandler(retryUpdate, decideRetry, {
    validator,
    description: 'Routes the event now',
  });

  if (TIME_HELPS.has(reason)) {
    show('Retried automatically for a week, at growing intervals.');
    void attempt(input, routeParkedEvent).then(conclude);
  } else {
    show('Waiting for an operator.');
  }

  await condition(() => (state.ending ?? state.rest) !== undefined && allHandlersFinished());
  if (state.ending === undefined) {
    const { raw, rawEncoding, unsaved: _saved, ...same } = input;
    const unsaved = decisions.unsaved();
    return continueAsNew<typeof parkedEvent>({
      ...same,
      ...(unsaved.length > 0 && { unsaved }),
      ...(retries.length > 0 && { retries }),
      ...(state.rest ?? { raw }),
    });
  }
  if (decisions.unsaved().length > 0) {
    show('Decided; ends once the records database has the decision.');
    await condition(() => decisions.unsaved().length === 0);
  }
  upsertSearchAttributes([{ key: searchAttributes.attention, value: [] }]);
  return state.ending;
}

/** Handlers run outside of `keep`, in the scope that a cancellation request ends: it must not end their attempt. */
function attemptNow(input: ParkedEventInput): Promise<ParkedEventAttempt> {
  const route = (): Promise<ParkedEventAttempt> => attempt(input, routeNow);
  return CancellationScope.nonCancellable(route);
}

async function attempt(
  input: ParkedEventInput,
  route: ParkedEventActivities['routeParkedEvent'],
): Promise<ParkedEventAttempt> {
  try {
    return await route(input);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return { outcome: 'kept', why: rootCause(error) ?? error.message };
  }
}
