/** Activities that read an order and its child orders at Upvest. */
import { cancellationSignal } from '@temporalio/activity';
import type { Observation } from '../../src/domain/broker/observation';
import type { UpvestClient } from '../../src/upvest/client/client';
import { toOrderObservation, toPortfolioOrderObservation } from '../../src/upvest/model/observations';
import type { OrdersRead, TrackingActivities } from '../../contracts/activities';
import { callUpvest } from '../support/calling-upvest';
import { unlessUnknown } from '../support/unless-unknown';

/** Concurrent reads; the client's rate limiter spaces the requests. */
const CONCURRENCY = 8;
/** After so many failed reads of one page the rest is not tried: the cause is not a single child. */
const MAX_FAILURES = 24;
/** Of one page, in characters of JSON: well below the 512 KiB at which the engine warns. */
const PAGE_SIZE = 256 * 1024;

export function createReadActivities(
  upvest: UpvestClient,
): Pick<TrackingActivities, 'readPortfolioOrder' | 'readOrders'> {
  async function readOrder(id: string): Promise<Observation | undefined> {
    const readAt = new Date().toISOString();
    const order = await unlessUnknown(upvest.readOrder(id, { signal: cancellationSignal() }));
    return order && toOrderObservation(order, { kind: 'poll', readAt }, order.updated_at ?? readAt);
  }

  /**
   * Reads until the page is full. Children that fail are named, and the others count; only if every read fails, the attempt
   * does.
   */
  async function readPage(orderIds: readonly string[], observations: Observation[]): Promise<OrdersRead> {
    const unknown: string[] = [];
    const failures: { orderId: string; error: unknown }[] = [];
    let left = [...orderIds];
    let size = 0;
    while (left.length > 0 && size < PAGE_SIZE && failures.length < MAX_FAILURES) {
      const batch = left.slice(0, CONCURRENCY);
      left = left.slice(CONCURRENCY);
      const read = await Promise.allSettled(batch.map(readOrder));
      for (const [index, orderId] of batch.entries()) {
        const one = read[index];
        if (one?.status === 'rejected') failures.push({ orderId, error: one.reason });
        else if (one?.value === undefined) unknown.push(orderId);
        else {
          observations.push(one.value);
          size += JSON.stringify(one.value).length;
        }
      }
    }
    const [first] = failures;
    const isFruitless = observations.length + unknown.length === 0;
    if (first !== undefined && (isFruitless || cancellationSignal().aborted)) throw first.error;
    const isGivenUp = failures.length >= MAX_FAILURES;
    return {
      observations,
      left: isGivenUp ? [] : left,
      ...(unknown.length > 0 && { unknown }),
      ...(failures.length > 0 && {
        failed: failures.map(({ orderId, error }) => ({ orderId, why: messageOf(error) })),
      }),
      ...(isGivenUp && { incomplete: messageOf(first?.error) }),
    };
  }

  return {
    readPortfolioOrder: ({ portfolioOrderId, known }) =>
      callUpvest(async () => {
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

    readOrders: ({ orderIds }) => callUpvest(() => readPage(orderIds, [])),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
