/** Activities that talk to Upvest about placing. They run on the broker's task queue, whose worker limits the rate. */
import { activityInfo, ApplicationFailure, cancellationSignal, heartbeat, log } from '@temporalio/activity';
import { sameAmount } from '../src/domain/money';
import type { PortfolioOrderObservation } from '../src/domain/observation';
import { placementIdempotencyKey, placementName, POSTS_END_AFTER_MS } from '../src/domain/placement';
import type { OrderInbox } from '../src/temporal/order-inbox';
import type { UpvestClient } from '../src/upvest/client';
import { UpvestRefused, UpvestRetry, UpvestUnauthorised } from '../src/upvest/errors';
import { toPortfolioOrderObservation } from '../src/upvest/observations';
import type { UpvestPortfolioOrder } from '../src/upvest/schemas';
import type { PlacePortfolioOrderInput } from '../workflows/messages';
import { placedBy } from './placed-by';
import type { PlacementDirectory } from './placement-directory';
import { problemOf } from './broker-questions';
import { withPulse } from './pulse';
import { retryable } from './retryable';

export interface PlacedOrder {
  observation: PortfolioOrderObservation;
  /** Absent when the hand-over did not succeed at once: the workflow takes care of it. */
  handedOver?: 'handed-over' | 'finished';
}

export interface BrokerActivities {
  /**
   * POSTs the order and hands it over. Fails for good with type `PlacementRefused` and Upvest's problem as detail; every
   * other failure is tried again under the same idempotency key.
   */
  placePortfolioOrder(input: PlacePortfolioOrderInput): Promise<PlacedOrder>;
  /** The one order at Upvest that this placement must have made; the candidates where more than one fits. */
  findPlacedOrder(
    input: PlacePortfolioOrderInput,
  ): Promise<PortfolioOrderObservation | { candidates: string[] } | undefined>;
  /** The order at Upvest that an operator says this placement made. */
  readPlacedOrder(input: { portfolioOrderId: string }): Promise<PortfolioOrderObservation | undefined>;
}

export interface BrokerActivityDeps {
  upvest: UpvestClient;
  inbox: OrderInbox;
  placements: PlacementDirectory;
}

/** What an attempt leaves for the next one. */
interface Progress {
  /** True from before the POST until it is certain that it had no effect. */
  maybePlaced: boolean;
  observation?: PortfolioOrderObservation;
}

const HAND_OVER_BUDGET_MS = 5_000;
/** The broker's clock and ours may differ by this much; a POST that has begun in time ends within its 30 s, too. */
const CLOCK_TOLERANCE_MS = 60_000;
const PAGE = 1000;

export function createBrokerActivities({ upvest, inbox, placements }: BrokerActivityDeps): BrokerActivities {
  /** POSTs, or takes the answer over from an earlier attempt. */
  async function post(input: PlacePortfolioOrderInput): Promise<PortfolioOrderObservation> {
    const info = activityInfo();
    const earlier = info.heartbeatDetails as Progress | undefined;
    if (earlier?.observation) return earlier.observation;

    // A crash may have eaten the note of an earlier attempt, so only a note counts as proof that nothing happened.
    const wasMaybePlaced = info.attempt > 1 && earlier?.maybePlaced !== false;
    heartbeat({ maybePlaced: true } satisfies Progress);
    try {
      const key = placementIdempotencyKey(input.reference, input.attempt);
      const order = await withPulse(
        () => ({ maybePlaced: true }) satisfies Progress,
        () => upvest.placePortfolioOrder(input.request, key, { signal: cancellationSignal() }),
      );
      return observationOf(order, 'placement');
    } catch (error) {
      const hadNoEffect =
        error instanceof UpvestRetry || error instanceof UpvestUnauthorised || error instanceof UpvestRefused;
      heartbeat({ maybePlaced: wasMaybePlaced || !hadNoEffect } satisfies Progress);
      if (error instanceof UpvestRefused && !wasMaybePlaced) throw refusal(error);
      throw retryable(error);
    }
  }

  /** All of an account's portfolio orders since the beginning of that day, UTC. */
  async function ordersSince(accountId: string, earliest: number): Promise<UpvestPortfolioOrder[]> {
    const startDate = `${new Date(earliest).toISOString().slice(0, 10)}T00:00:00Z`;
    const all: UpvestPortfolioOrder[] = [];
    for (;;) {
      const query = { accountId, startDate, limit: PAGE, offset: all.length };
      const { orders } = await upvest.listPortfolioOrders(query, { signal: cancellationSignal() });
      all.push(...orders);
      if (orders.length < PAGE) return all;
    }
  }

  return {
    async placePortfolioOrder(input) {
      const observation = await post(input);
      heartbeat({ maybePlaced: true, observation } satisfies Progress);
      try {
        const handOver = inbox.handOver(placedBy(input, observation));
        return { observation, handedOver: await within(HAND_OVER_BUDGET_MS, handOver) };
      } catch (error) {
        const { reference } = input;
        log.warn('Placed, but not handed over yet; the workflow repeats it', { reference, error });
        return { observation };
      }
    },

    async findPlacedOrder({ reference: base, attempt, request, requestedAt }) {
      const reference = placementName(base, attempt);
      const earliest = Date.parse(requestedAt) - CLOCK_TOLERANCE_MS;
      const latest = Date.parse(requestedAt) + POSTS_END_AFTER_MS + CLOCK_TOLERANCE_MS;
      const orders = await ordersSince(request.accountId, earliest);
      const candidates = orders.filter((order) => {
        const createdAt = Date.parse(order.created_at ?? '');
        return (
          order.type === request.side &&
          (order.initiation_flow ?? 'API') === 'API' &&
          (order.currency ?? request.currency) === request.currency &&
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

    async readPlacedOrder({ portfolioOrderId }) {
      try {
        return observationOf(await upvest.readPortfolioOrder(portfolioOrderId), 'poll');
      } catch (error) {
        if (error instanceof UpvestRefused && error.status === 404) return undefined;
        throw error;
      }
    },
  };
}

function observationOf(order: UpvestPortfolioOrder, kind: 'placement' | 'poll'): PortfolioOrderObservation {
  const at = order.updated_at ?? order.created_at ?? new Date().toISOString();
  return toPortfolioOrderObservation(order, { kind }, at);
}

function refusal({ problem, message }: UpvestRefused): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'PlacementRefused', problemOf(problem));
}

async function within<T>(budgetMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`not done within ${budgetMs} ms`));
    }, budgetMs);
  });
  return Promise.race([work, expiry]).finally(() => {
    clearTimeout(timer);
  });
}
