/** The activities of parked events: to route them, and to keep what operators decide about them. */
import { ApplicationFailure } from '@temporalio/activity';
import type { ParkedEventActivities } from '../../contracts/activities';
import type { OrderSignals } from '../../src/app/orders/deliver';
import { packRaw, unpackRaw } from '../../src/app/parked-events/raw-event';
import type { EventRouter } from '../../src/upvest/webhooks/event-router';
import type { ParkedDecisionLog } from '../../src/app/ports/parked-decisions';
import { readEnvelope } from '../../src/upvest/webhooks/read-event';
import { byOrder, type OrderGroup } from '../../src/app/webhooks/group-by-order';
import {
  TIME_HELPS,
  type ParkedEventAttempt,
  type ParkedEventInput,
  type ParkedEventOutcome,
  type ParkingReason,
} from '../../contracts/parked-event';

export interface ParkedEventRoutingDeps {
  inbox: OrderSignals;
  router: EventRouter;
  /** Keeps operators' decisions. */
  decisions: ParkedDecisionLog;
}

/** Far fewer than a worker's activity slots: emission and handoff always find a free one. */
const MAX_AT_ONCE = 20;
/** Chunk size when routing a list. */
const CHUNK = 20;
/** Well below the start-to-close timeout, so that progress is recorded. */
const ATTEMPT_MS = 30_000;

export function createParkedEventActivities(deps: ParkedEventRoutingDeps): ParkedEventActivities {
  let running = 0;
  async function routeParkedEvent(parked: ParkedEventInput): Promise<ParkedEventAttempt> {
    if (running >= MAX_AT_ONCE) {
      const nextRetryDelay = 1_000 + Math.random() * 9_000;
      const message = 'Other parked events are tried first';
      throw ApplicationFailure.create({ type: 'Busy', message, nextRetryDelay });
    }
    running += 1;
    try {
      return await routeParked(parked, deps);
    } finally {
      running -= 1;
    }
  }
  return { routeParkedEvent, saveParkedDecisions: (decisions) => deps.decisions.add(decisions) };
}

async function routeParked(
  parked: ParkedEventInput,
  { router, inbox }: Pick<ParkedEventRoutingDeps, 'router' | 'inbox'>,
): Promise<ParkedEventAttempt> {
  const events = readEnvelope(unpackRaw(parked).toString('utf8'));
  if (events === undefined || events.length === 0)
    return { outcome: 'kept', why: 'it is no JSON list of events' };
  const left: Left[] = [];
  const done: ParkedEventOutcome[] = [];
  const deadline = Date.now() + ATTEMPT_MS;
  for (let start = 0; start < events.length; start += CHUNK) {
    if (Date.now() > deadline) {
      const raws = events.slice(start).map(({ text }) => text);
      left.push({ raws, reason: 'UNROUTED', why: 'there was no time for all of them' });
      break;
    }
    const routed = await router.route(events.slice(start, start + CHUNK), parked.receivedAt);
    for (const event of routed) {
      if (event.kind === 'parked') left.push({ raws: [event.raw], reason: event.reason, why: event.detail });
      if (event.kind === 'foreign') done.push({ outcome: 'foreign', flow: event.flow });
    }
    for (const group of byOrder(routed)) {
      const outcome = await offer(group, inbox);
      if ('raws' in outcome) left.push(outcome);
      else done.push(outcome);
    }
  }
  return left.length === 0 ? summary(events.length, done) : unfinished(left, done.length > 0);
}

/** Events that stay parked. */
interface Left {
  raws: string[];
  reason: ParkingReason;
  why: string;
}

async function offer(
  { portfolioOrderId, observations, raws }: OrderGroup,
  inbox: OrderSignals,
): Promise<ParkedEventOutcome | Left> {
  const delivery = await inbox.deliver(portfolioOrderId, observations);
  switch (delivery.kind) {
    case 'delivered':
      return { outcome: 'routed', portfolioOrderId };
    case 'redundant':
      return { outcome: 'redundant' };
    case 'late':
      return { raws, reason: 'LATE', why: delivery.message };
    case 'refused':
      return { raws, reason: 'REFUSED_BY_ORDER', why: delivery.message };
  }
}

function summary(events: number, done: ParkedEventOutcome[]): ParkedEventOutcome {
  const [first, ...others] = done;
  return first !== undefined && others.length === 0 ? first : { outcome: 'all-dealt-with', events };
}

/** Fails for reasons that time may cure, so that it is retried; progress is kept. */
function unfinished(left: Left[], hasProgress: boolean): ParkedEventAttempt {
  const [{ reason, why }] = left as [Left, ...Left[]];
  const rest = `[${left.flatMap(({ raws }) => raws).join(',')}]`;
  if (hasProgress) return { outcome: 'partly', rest: packRaw(rest), why };
  if (left.some((one) => TIME_HELPS.has(one.reason))) throw ApplicationFailure.retryable(why, reason);
  return { outcome: 'kept', why: `${reason}, ${why}` };
}
