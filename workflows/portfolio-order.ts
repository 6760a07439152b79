/**
 * The life of one portfolio order: from whoever mentions it first, the placement or a webhook, until it is settled or
 * cancelled, all of its executions are final, and ESW has accepted every event that it is owed.
 *
 * Handlers only record; one loop decides. The workflow always ends Completed, because any other end would let the next
 * webhook start it again with an empty memory.
 */
import {
  ActivityFailure,
  CancellationScope,
  condition,
  continueAsNew,
  log,
  proxyActivities,
  rootCause,
  setDefaultSignalHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { CoordinationActivities } from '../activities/coordination';
import type { PlacingAgainActivities } from '../activities/placing-again';
import { advance, nextAlarm } from '../src/domain/advance';
import { cancelForbidden, withCancel } from '../src/domain/cancellation';
import { identityOf, needsPlacementAnswer, withPlacementAnswer } from '../src/domain/identity';
import {
  isOver,
  newLife,
  resumedLife,
  withObservations,
  withPlaced,
  type OrderLife,
} from '../src/domain/order-life';
import { withResubmission } from '../src/domain/resubmission';
import { packLife, unpackLife } from '../src/domain/packed-life';
import { timelinePage } from '../src/domain/timeline';
import { Alarm } from './alarm';
import { CancelLane } from './cancel-lane';
import { Display } from './display';
import { EmissionLane } from './emission-lane';
import {
  brokerEventsSignal,
  lifeQuery,
  placedSignal,
  timelineQuery,
  viewQuery,
  type PortfolioOrderInput,
  type PortfolioOrderOutcome,
  type PortfolioOrderSettings,
} from './messages';
import { listenToOperators } from './operator-updates';
import { QuestionLane } from './question-lane';

const { findOpenPlacement } = proxyActivities<CoordinationActivities>({
  startToCloseTimeout: '5s',
  // Tracking waits for this answer, so it is short; without one the question is asked again later.
  scheduleToCloseTimeout: '10s',
});
const { placeAgain } = proxyActivities<PlacingAgainActivities>({
  startToCloseTimeout: '10s',
  retry: { maximumInterval: '60s' },
});

/** The state that handlers, loop and lanes share. */
interface Order {
  life: OrderLife;
  /** Number of decisions by operators so far; lets the main loop notice a new one. */
  decisions: number;
}

/** A cancellation request from outside is a wish to cancel the order at the broker; it never ends the workflow. */
export function portfolioOrder(input: PortfolioOrderInput): Promise<PortfolioOrderOutcome> {
  const order: Order = {
    life: input.life
      ? resumedLife(unpackLife(input.life))
      : newLife(input.portfolioOrderId, Date.now(), input.policies, input.emission.detail),
    decisions: 0,
  };
  CancellationScope.current().cancelRequested.catch(() => {
    askToCancel(order);
  });
  return CancellationScope.nonCancellable(() => live(order, input));
}

async function live(order: Order, input: PortfolioOrderInput): Promise<PortfolioOrderOutcome> {
  const { policies } = input;
  const display = new Display();
  listen(order, display);
  const alarm = new Alarm();
  const emission = new EmissionLane(order, input);
  const questions = new QuestionLane(order, input);
  const cancel = new CancelLane(order, input);
  const lanes = [emission, questions, cancel];
  for (const lane of lanes) void lane.run();

  for (;;) {
    order.life = advance(order.life, Date.now(), policies);
    if (needsPlacementAnswer(order.life, Date.now())) {
      await askForPlacement(order, policies.placedGraceMs);
      continue;
    }
    if (order.life.resubmission === 'due') {
      await placeOnceMore(order, input);
      continue;
    }
    display.show(order.life);

    // What ESW is being sent while an operator closes the order still gets its answer filed.
    if (isOver(order.life) && !emission.busy) return outcomeOf(order.life, input);

    const isLong = isHistoryLong(policies.historyEventsPerRun);
    const rests = isLong || order.life.closed !== undefined;
    for (const lane of lanes) lane.paused = rests && order.life.past !== 'unknown';
    if (isLong && !lanes.some((lane) => lane.busy) && order.life.inbox.length === 0)
      return await continueAsNew<typeof portfolioOrder>(nextRun(order.life, input));

    const asking = questions.busy || questions.paused;
    const next = nextAlarm(order.life, Date.now(), policies, { asking });
    alarm.set(next?.at, next?.why ?? '');
    const seen = order.decisions + turnsOf(lanes);
    await condition(() => hasNews(order.life) || alarm.rang || order.decisions + turnsOf(lanes) > seen);
  }
}

function listen(order: Order, display: Display): void {
  setHandler(placedSignal, (placed) => {
    order.life = withPlaced(order.life, placed, Date.now());
    if (placed.cancel !== undefined) order.decisions += 1;
  });
  setHandler(brokerEventsSignal, (observations) => {
    order.life = withObservations(order.life, observations);
  });
  setHandler(viewQuery, () => display.viewOf(order.life), {
    description: 'All that is known about the order',
  });
  setHandler(timelineQuery, (page) => timelinePage(order.life, page), {
    description: 'What happened, in order, with the rules that allowed it',
  });
  setHandler(lifeQuery, () => packLife(order.life), { description: 'All that a run hands over' });
  setDefaultSignalHandler((name) => {
    log.warn('Ignored a signal with an unknown name', { name });
  });
  listenToOperators(order);
}

/** What a cancellation request from the Temporal UI means. It names nobody, so the timeline says where it came from. */
function askToCancel(order: Order): void {
  if (cancelForbidden(order.life) !== undefined) return;
  const decision = { actor: 'temporal', reason: 'The workflow was asked to cancel' };
  order.life = withCancel(order.life, decision, 'operator:cancel', Date.now());
  order.decisions += 1;
}

/** True when there are messages to take up; they wait while an earlier run has to be looked for. */
function hasNews({ inbox, past }: OrderLife): boolean {
  return inbox.length > 0 && past !== 'unknown';
}

/** Finds out whether a client's placement of this very order is still under way; until then nothing is emitted. */
async function askForPlacement(order: Order, graceMs: number): Promise<void> {
  const { accountId, cashAmount } = order.life.record;
  let underWay = true;
  try {
    underWay = await findOpenPlacement({ accountId, cashAmount });
  } catch (error) {
    log.warn('Could not ask for an open placement; asking again later', { error });
  }
  if (identityOf(order.life) === 'open')
    order.life = withPlacementAnswer(order.life, underWay, Date.now(), graceMs);
}

/** Places the order again which the broker cancelled; from then on the two name each other. */
async function placeOnceMore(order: Order, input: PortfolioOrderInput): Promise<void> {
  const { placed, record } = order.life;
  if (placed === undefined) return;
  const { reference: name, attempt = 1 } = placed;
  const { portfolioOrderId } = record;
  const again = { name, attempt, portfolioOrderId, order: settingsOf(input) };
  try {
    const next = await placeAgain(again);
    order.life = withResubmission(order.life, { name: next }, Date.now());
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    order.life = withResubmission(order.life, { failure: rootCause(error) ?? error.message }, Date.now());
  }
}

function turnsOf(lanes: { turns: number }[]): number {
  return lanes.reduce((sum, { turns }) => sum + turns, 0);
}

function isHistoryLong(limit: number): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength > limit;
}

function nextRun(life: OrderLife, input: PortfolioOrderInput): PortfolioOrderInput {
  return { ...input, life: packLife({ ...life, run: life.run + 1 }) };
}

function outcomeOf(life: OrderLife, input: PortfolioOrderInput): PortfolioOrderOutcome {
  return {
    portfolioOrderId: life.record.portfolioOrderId,
    outcome: life.record.status ?? 'UNKNOWN',
    finishedAt: new Date().toISOString(),
    life: packLife(life),
    settings: settingsOf(input),
  };
}

function settingsOf({ policies, emission, brokerTaskQueue }: PortfolioOrderInput): PortfolioOrderSettings {
  return { policies, emission, brokerTaskQueue };
}
