/**
 * Tracks one portfolio order: from its first signal, by the placement or a webhook, until it is settled or
 * cancelled, all of its executions are final, and ESW has accepted every event.
 *
 * Handlers only record; one loop decides. The workflow always ends Completed, because any other end would let the next
 * webhook start it again with an empty memory.
 */
import {
  ActivityFailure,
  CancellationScope,
  condition,
  log,
  patched,
  proxyActivities,
  rootCause,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow';
import { step, nextTimer } from '../../src/domain/order/step';
import { cancelForbidden, withCancel } from '../../src/domain/order/cancellation';
import { originOf, isPlacementCheckDue, withPlacementCheck } from '../../src/domain/order/origin';
import { withSaving, withStaleness } from '../../src/domain/records/saving';
import {
  isDone,
  isOver,
  initialState,
  withObservations,
  withPlacement,
} from '../../src/domain/order/transitions';
import { areAnswersNear } from '../../src/domain/order/emission';
import { troubleOf } from '../../src/domain/order/troubles';
import { withReset } from '../../src/domain/order/recovery';
import { isHistoryLong, nextRun } from '../next-run';
import { isNewlyReset } from './reset';
import { withResubmission } from '../../src/domain/order/resubmission';
import { encodeState, decodeState } from '../../src/domain/order-state/state-codec';
import { timelinePage } from '../../src/domain/views/timeline';
import { CURRENT_REVISION } from '../../src/domain/values/revision';
import { SingleTimer } from './single-timer';
import { LazyTimer } from './lazy-timer';
import { CancellationTask } from './cancellation';
import { WebUiDetails } from './web-ui';
import { EmissionTask } from './emission';
import { listenToOperators } from './operator-updates';
import { ReconciliationTask } from './reconciliation';
import { SavingTask } from './saving';
import {
  brokerEventsSignal,
  stateQuery,
  placedSignal,
  settingsOf,
  timelineQuery,
  viewQuery,
  type PortfolioOrderInput,
  type PortfolioOrderOutcome,
} from '../../contracts/portfolio-order';
import type { HandoffActivities, ResubmissionActivities } from '../../contracts/activities';
import type { Policies } from '../../src/domain/order-state/policies';
import type { OrderState } from '../../src/domain/order-state/state';

/** Revision of the first runs that leave timers running. */
const LAZY_SINCE = 7;
/** Revision of the first runs that write some search attributes later. */
const INDEXED_LATER_SINCE = 9;

const { findOpenPlacement } = proxyActivities<HandoffActivities>({
  startToCloseTimeout: '5s',
  // Tracking waits for this answer, so it is short; without an answer the check is repeated later.
  scheduleToCloseTimeout: '10s',
});
const { placeAgain } = proxyActivities<ResubmissionActivities>({
  startToCloseTimeout: '10s',
  // Then the order ends without a second attempt, and says so.
  scheduleToCloseTimeout: '1d',
  retry: { maximumInterval: '60s' },
});

/** What handlers, loop and background tasks share. */
class Order {
  /** Changes by handlers so far beside the inbox; the main loop notices a new one. */
  changes = 0;
  /** Decisions that wait for the recovery of a run that was reset. */
  waiting = 0;
  /** True while Temporal is asked to start the next attempt. */
  isResubmitting = false;

  constructor(private latest: OrderState) {}

  /** The first read after a reset marks the state as outdated, so nothing is decided by it. */
  get state(): OrderState {
    if (isNewlyReset()) this.latest = withReset(this.latest, Date.now());
    return this.latest;
  }

  set state(next: OrderState) {
    this.latest = withStaleness(this.latest, next, Date.now());
  }
}

/** A cancellation of the workflow requests a cancel of the order at Upvest; it never ends the workflow. */
export function portfolioOrder(input: PortfolioOrderInput): Promise<PortfolioOrderOutcome> {
  const { revision = 0 } = input;
  const begun = input.state
    ? decodeState(input.state)
    : initialState(input.portfolioOrderId, Date.now(), input.policies, input.emission.detail);
  const order = new Order(withSaving({ ...begun, revision }, Date.now()));
  CancellationScope.current().cancelRequested.catch(() => {
    requestCancel(order);
  });
  return CancellationScope.nonCancellable(() => track(order, input));
}

async function track(order: Order, input: PortfolioOrderInput): Promise<PortfolioOrderOutcome> {
  const { policies } = input;
  const webUi = new WebUiDetails(order);
  listen(order, webUi);
  const timer = (order.state.revision ?? 0) < LAZY_SINCE ? new SingleTimer() : new LazyTimer();
  const emission = new EmissionTask(order, input);
  const reconciliation = new ReconciliationTask(order, input);
  const cancel = new CancellationTask(order, input);
  const saving = new SavingTask(order, input, emission);
  const tasks = [emission, reconciliation, cancel, saving];
  for (const task of tasks) void task.run();

  for (;;) {
    order.state = step(order.state, Date.now(), policies);
    if (isPlacementCheckDue(order.state, Date.now())) {
      await checkForPlacement(order, policies);
      continue;
    }
    if (isResubmissionDue(order) && !order.isResubmitting) {
      const isBesideTracking = patched('resubmit-beside-tracking');
      const resubmitted = resubmit(order, input);
      if (!isBesideTracking) {
        await resubmitted;
        continue;
      }
    }
    webUi.show(order.state, isIndexedLater(order.state, policies, emission.busy));

    // The answer to a batch that was in flight when an operator closed the order is still recorded.
    if (isOver(order.state) && !emission.busy && order.waiting === 0) return outcomeOf(order.state, input);

    const isLong = isHistoryLong(policies.historyEventsPerRun);
    const rests = isLong || order.state.closed !== undefined;
    for (const task of tasks) task.paused = rests && order.state.recovery !== 'recovering';
    saving.paused = isLong && !isDone(order.state);
    const isIdle = !tasks.some((task) => task.busy) && !order.isResubmitting && order.waiting === 0;
    // Signals wait for the recovery, if need be over many runs.
    const isDrained = order.state.inbox.length === 0 || isRecoveryDelayed(order.state);
    if (isLong && isIdle && isDrained) {
      const openedAt = new Date(order.state.startedAt).toISOString();
      return await nextRun<typeof portfolioOrder>(openedAt)(nextInput(order.state, input));
    }

    const reconciling = reconciliation.busy || reconciliation.paused;
    const saveAt = saving.paused ? undefined : saving.dueAt();
    const next = nextTimer(order.state, Date.now(), policies, { reconciling, saveAt });
    timer.set(next?.at, next?.why ?? '');
    const seen = order.changes + iterationsOf(tasks);
    await condition(() => hasNews(order.state) || timer.fired || order.changes + iterationsOf(tasks) > seen);
  }
}

function listen(order: Order, webUi: WebUiDetails): void {
  setHandler(placedSignal, (placed) => {
    const { placedAgain } = order.state;
    order.state = withPlacement(order.state, placed, Date.now());
    // Neither leaves anything in the inbox.
    if (placed.cancel !== undefined || order.state.placedAgain !== placedAgain) order.changes += 1;
  });
  setHandler(brokerEventsSignal, (observations) => {
    const { unusableMessages } = order.state;
    order.state = withObservations(order.state, observations);
    // An invalid payload leaves nothing in the inbox, and its attention has to be shown.
    if (order.state.unusableMessages > unusableMessages) order.changes += 1;
  });
  setHandler(viewQuery, () => webUi.viewOf(order.state), {
    description: 'Everything known about the order',
  });
  setHandler(timelineQuery, (page) => timelinePage(order.state, page), {
    description: 'The timeline, oldest first, with the rule of each entry',
  });
  setHandler(stateQuery, () => encodeState(order.state), { description: 'The whole state, for recovery' });
  setDefaultSignalHandler((name) => {
    log.warn('Ignored a signal with an unknown name', { name });
  });
  listenToOperators(order);
}

/** A cancellation from the Temporal UI names no actor, so the audit log names its origin. */
function requestCancel(order: Order): void {
  if (cancelForbidden(order.state) !== undefined) return;
  const decision = { actor: 'temporal', reason: 'The workflow was asked to cancel' };
  order.state = withCancel(order.state, decision, 'operator:cancel', Date.now());
  order.changes += 1;
}

/** True if there are signals to process; they wait for the recovery. */
function hasNews({ inbox, recovery }: OrderState): boolean {
  return inbox.length > 0 && recovery !== 'recovering';
}

/** Checks whether a client's placement of this order is still under way; until then nothing is emitted. */
async function checkForPlacement(order: Order, policies: Policies): Promise<void> {
  const { portfolioOrderId, accountId, cashAmount } = order.state.record;
  const { startedAt, placementCheckAt } = order.state;
  // Its webhook is evidence for a placement that does not know its outcome, which needs it once.
  const isRepeated = placementCheckAt !== startedAt + policies.placedGraceMs;
  let underWay: string | false;
  try {
    const isOpen = await findOpenPlacement({ portfolioOrderId, isRepeated, accountId, cashAmount });
    underWay = isOpen && 'a placement of the same account and amount is under way';
  } catch (error) {
    underWay = `open placements could not be looked up: ${rootCause(error) ?? ''}`;
    log.warn('The check for an open placement failed and will be repeated', { error });
  }
  if (originOf(order.state) === 'open')
    order.state = withPlacementCheck(order.state, underWay, Date.now(), policies);
}

/** Resubmits the order that Upvest cancelled; from then on the two orders refer to each other. */
async function resubmit(order: Order, input: PortfolioOrderInput): Promise<void> {
  const { placed, record } = order.state;
  if (placed === undefined) return;
  const { reference: name, attempt = 1 } = placed;
  const { portfolioOrderId } = record;
  const again = { name, attempt, portfolioOrderId, order: settingsOf(input) };
  order.isResubmitting = true;
  try {
    const next = await placeAgain(again);
    order.state = withResubmission(order.state, { name: next }, Date.now());
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    order.state = withResubmission(order.state, { failure: rootCause(error) ?? error.message }, Date.now());
  } finally {
    order.isResubmitting = false;
    order.changes += 1;
  }
}

/** ESW's answers make a further turn, which ends without them only in trouble. */
function isIndexedLater(state: OrderState, policies: Policies, isSending: boolean): boolean {
  const { revision = 0 } = state;
  return (
    revision >= INDEXED_LATER_SINCE &&
    !isOver(state) &&
    areAnswersNear(state, Date.now(), policies, isSending)
  );
}

function isResubmissionDue({ state }: Order): boolean {
  return state.resubmission === 'due' && state.recovery !== 'recovering';
}

/** True between two attempts to recover. A run that was reset stays itself until it is recovered. */
function isRecoveryDelayed(state: OrderState): boolean {
  return troubleOf(state, 'recovery') !== undefined && state.resetAt === undefined;
}

function iterationsOf(tasks: { iterations: number }[]): number {
  return tasks.reduce((sum, { iterations }) => sum + iterations, 0);
}

function nextInput(state: OrderState, input: PortfolioOrderInput): PortfolioOrderInput {
  return { ...input, revision: CURRENT_REVISION, state: encodeState({ ...state, run: state.run + 1 }) };
}

function outcomeOf(state: OrderState, input: PortfolioOrderInput): PortfolioOrderOutcome {
  return {
    portfolioOrderId: state.record.portfolioOrderId,
    outcome: state.record.status ?? 'UNKNOWN',
    finishedAt: state.saving?.archivedAt ?? new Date().toISOString(),
    state: encodeState(state),
    settings: settingsOf(input),
  };
}
