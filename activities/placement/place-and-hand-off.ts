/** The activities that place an order at Upvest. They run on the broker's task queue, whose worker limits the rate. */
import { activityInfo, ApplicationFailure, cancellationSignal, heartbeat, log } from '@temporalio/activity';
import { sameCurrency } from '../../src/domain/values/currency';
import { sameAmount } from '../../src/domain/values/decimal';
import type { PortfolioOrderObservation } from '../../src/domain/broker/observation';
import {
  CLOCK_TOLERANCE_MS,
  LOOK_UP_FIRST,
  REPEAT_BLINDLY_MS,
  placementIdempotencyKey,
  placementName,
  POSTS_END_AFTER_MS,
  type PlacementResult,
} from '../../src/domain/broker/placement';
import type { OrderSignals } from '../../src/app/orders/deliver';
import type { Registry } from '../../src/app/ports/registry';
import { allPages } from '../../src/upvest/client/all-pages';
import type { UpvestClient } from '../../src/upvest/client/client';
import { UpvestRefused } from '../../src/upvest/client/errors';
import { toPortfolioOrderObservation } from '../../src/upvest/model/observations';
import type { UpvestPortfolioOrder } from '../../src/upvest/model/schemas';
import type { PlacedOrder, PlacementActivities } from '../../contracts/activities';
import { placementResult } from './placed-facts';
import type { PlacementSearch } from './placement-search';
import { createPlacementRows } from './placement-rows';
import { hadNoEffect, toPostFailure } from './post-failure';
import { withHeartbeat } from '../support/heartbeat';
import { toRepeatedFailure } from '../support/to-application-failure';
import type { PlaceAtBrokerInput } from '../../contracts/placement';
import { untilAborted, withTimeLimit } from '../../src/lib/timeout';

export interface PlacementActivityDeps {
  upvest: UpvestClient;
  inbox: OrderSignals;
  placements: PlacementSearch;
  registry: Registry;
}

/** Heartbeat details: what an attempt leaves for the next one. */
interface Progress {
  /** True once a POST is being sent, false when it is certain that none had an effect. Absent: nothing is certain. */
  maybePlaced?: boolean;
  observation?: PortfolioOrderObservation;
}

const HAND_OVER_BUDGET_MS = 5_000;
/**
 * The longest wait for the rate limiter within an attempt: a backlog must not turn an unsent POST into one that may have placed. A
 * later turn is waited for between attempts.
 */
const LONGEST_TURN_MS = 5_000;

export function createPlacementActivities({
  upvest,
  inbox,
  placements,
  registry,
}: PlacementActivityDeps): PlacementActivities {
  const rows = createPlacementRows(registry);

  /** POSTs, or takes the answer from an earlier attempt, or the order of a POST that the workflow does not know of. */
  async function post(input: PlaceAtBrokerInput): Promise<PortfolioOrderObservation> {
    const info = activityInfo();
    const earlier = info.heartbeatDetails as Progress | undefined;
    if (earlier?.observation) return earlier.observation;

    // A crash may have lost the heartbeat of an earlier attempt, so only a heartbeat proves that nothing happened.
    const wasMaybePlaced =
      input.mayHavePlaced === true || (info.attempt > 1 && earlier?.maybePlaced !== false);
    const isLate = Date.now() - info.scheduledTimestampMs > REPEAT_BLINDLY_MS;
    if (info.attempt > 1 && wasMaybePlaced && isLate) {
      throw lookUpFirst();
    }
    const permission = await rows.beginPost(input);
    if (permission?.kind === 'look-up-first') throw lookUpFirst();
    if (permission?.kind === 'placed') return readMade(permission.portfolioOrderId);
    const progress: Progress = {};
    const onSend = (): void => {
      progress.maybePlaced = true;
      heartbeat(progress);
    };
    try {
      const key = placementIdempotencyKey(input);
      const options = { signal: cancellationSignal(), turnWithinMs: LONGEST_TURN_MS, onSend };
      const order = await withHeartbeat({ details: () => progress }, () =>
        upvest.createPortfolioOrder(input.request, key, options),
      );
      return observationOf(order, 'placement');
    } catch (error) {
      const mayHavePlaced = wasMaybePlaced || (progress.maybePlaced === true && !hadNoEffect(error));
      heartbeat({ maybePlaced: mayHavePlaced } satisfies Progress);
      if (error instanceof UpvestRefused && !wasMaybePlaced) throw await rows.refused(input, error);
      throw toPostFailure(error, mayHavePlaced);
    }
  }

  /** The order that this placement is known to have made. */
  async function readMade(portfolioOrderId: string): Promise<PortfolioOrderObservation> {
    try {
      return observationOf(await upvest.readPortfolioOrder(portfolioOrderId), 'poll');
    } catch (error) {
      throw toPostFailure(error, true);
    }
  }

  /** @returns undefined if it did not succeed at once */
  async function handOffInTime(result: PlacementResult): Promise<PlacedOrder['handedOff']> {
    try {
      return await withTimeLimit(HAND_OVER_BUDGET_MS, (limit) => untilAborted(inbox.handOff(result), limit));
    } catch (error) {
      const { reference } = result;
      log.warn('Placed; the handoff failed and the workflow repeats it', { reference, error });
      return undefined;
    }
  }

  /** All of an account's portfolio orders since the beginning of that day, UTC. */
  async function ordersSince(accountId: string, earliest: number) {
    const startDate = `${new Date(earliest).toISOString().slice(0, 10)}T00:00:00Z`;
    return allPages((page) =>
      upvest.listPortfolioOrders({ accountId, startDate, ...page }, { signal: cancellationSignal() }),
    ).catch(repeatLater);
  }

  return {
    async placeAtBroker(input) {
      const observation = await post(input);
      heartbeat({ maybePlaced: true, observation } satisfies Progress);
      const [savedAt, handedOff] = await Promise.all([
        rows.placed(input, observation),
        handOffInTime(placementResult(input, observation)),
      ]);
      return {
        observation,
        ...(handedOff !== undefined && { handedOff }),
        ...(savedAt !== undefined && { savedAt }),
      };
    },

    async findPlacedOrder({ reference: base, attempt, request, requestedAt, lookSince = requestedAt }) {
      const reference = placementName(base, attempt);
      const earliest = Date.parse(lookSince) - CLOCK_TOLERANCE_MS;
      // A POST that has begun in time ends within its 30 s, which the tolerance covers, too.
      const latest = Date.parse(requestedAt) + POSTS_END_AFTER_MS + CLOCK_TOLERANCE_MS;
      const { orders, unreadable } = await ordersSince(request.accountId, earliest);
      const candidates = orders.filter((order) => {
        const createdAt = Date.parse(order.created_at ?? '');
        return (
          order.type === request.side &&
          (order.account_id ?? request.accountId).toLowerCase() === request.accountId.toLowerCase() &&
          (order.post_tax ?? request.postTax) === request.postTax &&
          (order.initiation_flow ?? 'API') === 'API' &&
          sameCurrency(order.currency ?? request.currency, request.currency) &&
          order.cash_amount !== undefined &&
          sameAmount(order.cash_amount, request.cashAmount) &&
          createdAt >= earliest &&
          createdAt <= latest
        );
      });
      const unclaimed: UpvestPortfolioOrder[] = [];
      for (const order of candidates) {
        if (!(await placements.isClaimedByAnother(order.id, reference))) unclaimed.push(order);
      }
      const [only, ...others] = unclaimed;
      if (only === undefined && unreadable.length > 0)
        throw new Error(`${unreadable.length} orders of the account cannot be read: ${unreadable[0] ?? ''}`);
      if (only === undefined) return undefined;
      if (others.length > 0) {
        log.error('Several orders at Upvest match the placement', {
          reference,
          ids: unclaimed.map((order) => order.id),
        });
        return { candidates: unclaimed.map((order) => order.id) };
      }
      return observationOf(only, 'poll');
    },

    async readPlacedOrder({ portfolioOrderId, placement }) {
      const isTaken =
        placement !== undefined && (await placements.isClaimedByAnother(portfolioOrderId, placement));
      if (isTaken) return 'claimed';
      try {
        return observationOf(await upvest.readPortfolioOrder(portfolioOrderId), 'poll');
      } catch (error) {
        if (error instanceof UpvestRefused && error.status === 404) return undefined;
        return repeatLater(error);
      }
    },
  };
}

function lookUpFirst(): ApplicationFailure {
  const message = 'An earlier POST may have placed the order: it is looked up before the next one';
  return ApplicationFailure.nonRetryable(message, LOOK_UP_FIRST);
}

/** Searches are repeated until Upvest answers, after the pause that it requested. */
function repeatLater(error: unknown): never {
  throw toRepeatedFailure(error);
}

function observationOf(order: UpvestPortfolioOrder, kind: 'placement' | 'poll'): PortfolioOrderObservation {
  const at = order.updated_at ?? order.created_at ?? new Date().toISOString();
  return toPortfolioOrderObservation(order, { kind }, at);
}
