/** What a worker does with events that the webhook handler could not use. */
import { ApplicationFailure } from '@temporalio/activity';
import { parseJson, writeJson } from '../src/json';
import type { OrderInbox } from '../src/temporal/order-inbox';
import { packRaw, unpackRaw } from '../src/temporal/raw-event';
import type { EventRouter } from '../src/upvest/event-router';
import { readEnvelope } from '../src/upvest/events';
import { byOrder, type OrderGroup } from '../src/upvest/order-groups';
import { TIME_HELPS } from '../workflows/parking-reasons';
import type {
  ParkedEventAttempt,
  ParkedEventInput,
  ParkedEventOutcome,
  ParkingReason,
} from '../workflows/messages';

export interface ParkedEventRoutingDeps {
  inbox: OrderInbox;
  router: EventRouter;
}

/** Far fewer than a worker's activity slots: however many events wait, emission and hand-over find a free one. */
const MAX_AT_ONCE = 20;
/** Of a list: no more than may be asked for at once. */
const CHUNK = 20;
/** Well within the time that the workflow gives an attempt, so that what was done is noted. */
const ATTEMPT_MS = 30_000;

export function createParkedEventRouting(
  deps: ParkedEventRoutingDeps,
): (parked: ParkedEventInput) => Promise<ParkedEventAttempt> {
  let running = 0;
  return async (parked) => {
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
  };
}

async function routeParked(
  parked: ParkedEventInput,
  { router, inbox }: ParkedEventRoutingDeps,
): Promise<ParkedEventAttempt> {
  const raws = readEnvelope(parseJson(unpackRaw(parked).toString('utf8')));
  if (raws === undefined || raws.length === 0)
    return { outcome: 'kept', why: 'it is no JSON list of events' };
  const left: Left[] = [];
  const done: ParkedEventOutcome[] = [];
  const deadline = Date.now() + ATTEMPT_MS;
  for (let start = 0; start < raws.length; start += CHUNK) {
    if (Date.now() > deadline) {
      left.push({ raws: raws.slice(start), reason: 'UNROUTED', why: 'there was no time for all of them' });
      break;
    }
    const routed = await router.route(raws.slice(start, start + CHUNK), parked.receivedAt);
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
  return left.length === 0 ? summary(raws.length, done) : unfinished(left, done.length > 0);
}

/** Events that could not be used this time either. */
interface Left {
  raws: unknown[];
  reason: ParkingReason;
  why: string;
}

async function offer(
  { portfolioOrderId, observations, raws }: OrderGroup,
  inbox: OrderInbox,
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

/** Where time can help it fails, so that it is tried again; what it could do is done once. */
function unfinished(left: Left[], hasProgress: boolean): ParkedEventAttempt {
  const [{ reason, why }] = left as [Left, ...Left[]];
  const rest = writeJson(left.flatMap(({ raws }) => raws));
  if (hasProgress && rest !== undefined) return { outcome: 'partly', rest: packRaw(rest), why };
  if (left.some((one) => TIME_HELPS.has(one.reason))) throw ApplicationFailure.retryable(why, reason);
  return { outcome: 'kept', why: `${reason}, ${why}` };
}
