/** Activities that ask Upvest about an order that is being followed, and for its cancellation. */
import { ApplicationFailure, cancellationSignal } from '@temporalio/activity';
import type { CancelAnswer } from '../src/domain/cancellation';
import type { Observation } from '../src/domain/observation';
import type { PlacementProblem } from '../src/domain/placement';
import type { KnownOrders } from '../src/domain/reconciliation';
import type { UpvestClient } from '../src/upvest/client';
import { UpvestRefused } from '../src/upvest/errors';
import { toOrderObservation, toPortfolioOrderObservation } from '../src/upvest/observations';
import type { UpvestProblem } from '../src/upvest/problem';
import { withPulse } from './pulse';
import { retryable } from './retryable';

/** What was read; `left` are child orders for a further page. */
export interface OrdersRead {
  observations: Observation[];
  left: string[];
}

export type PortfolioOrderRead = ({ kind: 'read' } & OrdersRead) | { kind: 'unknown-order' };

export interface BrokerQuestionActivities {
  /**
   * Reads the portfolio order and those of its child orders that are not known to be final, also ones that only its
   * snapshot names. A child that Upvest does not know yet is left out.
   */
  readPortfolioOrder(input: { portfolioOrderId: string; known: KnownOrders }): Promise<PortfolioOrderRead>;
  /** Reads child orders: a further page of the same question. */
  readOrders(input: { orderIds: string[] }): Promise<OrdersRead>;
  /**
   * Asks Upvest to cancel. Right after placing, Upvest may not know the order yet (`upvest.md` 3.9), so that answer counts
   * only from the second minute on.
   */
  cancelPortfolioOrder(input: { portfolioOrderId: string; askedAt: string }): Promise<CancelAnswer>;
}

/** Reads at the same time; the client's own limit spaces the requests. */
const CONCURRENCY = 8;
/** Of one page, in characters of JSON: well below the 512 KiB at which the engine warns. */
const PAGE_SIZE = 256 * 1024;
const PROPAGATION_MS = 60_000;

export function createBrokerQuestionActivities(upvest: UpvestClient): BrokerQuestionActivities {
  async function readOrder(id: string): Promise<Observation | undefined> {
    const readAt = new Date().toISOString();
    const order = await unlessUnknown(upvest.readOrder(id, { signal: cancellationSignal() }));
    return order && toOrderObservation(order, { kind: 'poll', readAt }, order.updated_at ?? readAt);
  }

  /** Reads until the page is full or something fails: what was read counts, the rest is left for a further page. */
  async function readPage(orderIds: readonly string[], observations: Observation[]): Promise<OrdersRead> {
    let left = [...orderIds];
    let size = 0;
    while (left.length > 0 && size < PAGE_SIZE) {
      const batch = left.slice(0, CONCURRENCY);
      const read = await Promise.allSettled(batch.map(readOrder));
      const failed = batch.filter((_id, index) => read[index]?.status === 'rejected');
      left = [...failed, ...left.slice(CONCURRENCY)];
      for (const one of read) {
        if (one.status === 'rejected' || one.value === undefined) continue;
        observations.push(one.value);
        size += JSON.stringify(one.value).length;
      }
      if (failed.length === 0) continue;
      const failure = read.find((one) => one.status === 'rejected');
      if (observations.length === 0) throw failure?.reason;
      break;
    }
    return { observations, left };
  }

  return {
    readPortfolioOrder: ({ portfolioOrderId, known }) =>
      asking(async () => {
        const readAt = new Date().toISOString();
        const order = await unlessUnknown(
          upvest.readPortfolioOrder(portfolioOrderId, { signal: cancellationSignal() }),
        );
        if (order === undefined) return { kind: 'unknown-order' };
        const parent = toPortfolioOrderObservation(
          order,
          { kind: 'poll', readAt },
          order.updated_at ?? readAt,
        );
        const final = new Set(known.final);
        const listed = order.orders.map(({ id }) => id).filter((id) => !final.has(id));
        return { kind: 'read', ...(await readPage([...new Set([...known.open, ...listed])], [parent])) };
      }),

    readOrders: ({ orderIds }) => asking(() => readPage(orderIds, [])),

    cancelPortfolioOrder: ({ portfolioOrderId, askedAt }) =>
      asking(async () => {
        try {
          const answer = await upvest.cancelPortfolioOrder(portfolioOrderId, {
            signal: cancellationSignal(),
          });
          return answer === 'accepted'
            ? { kind: 'accepted' }
            : { kind: 'refused', problem: problemOf(answer.refused) };
        } catch (error) {
          if (!(error instanceof UpvestRefused)) throw error;
          if (error.status !== 404) return { kind: 'refused', problem: problemOf(error.problem) };
          if (Date.now() < Date.parse(askedAt) + PROPAGATION_MS)
            throw ApplicationFailure.retryable(error.message, 'NotKnownYet');
          return { kind: 'unknown-order' };
        }
      }),
  };
}

/** Keeps the server informed that the attempt is alive, and Upvest's wish for a pause. */
async function asking<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await withPulse(() => undefined, ask);
  } catch (error) {
    throw retryable(error);
  }
}

async function unlessUnknown<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof UpvestRefused && error.status === 404) return undefined;
    throw error;
  }
}

/** Of Upvest's problem what an operator needs. */
export function problemOf({ status, code, title, detail, requestId }: UpvestProblem): PlacementProblem {
  return {
    status,
    ...(code && { type: code }),
    ...(title && { title }),
    ...(detail && { detail }),
    ...(requestId && { requestId }),
  };
}
