/** Activities that read an order and its child orders at Upvest. */
import { cancellationSignal } from '@temporalio/activity';
import type { Observation } from '../../src/domain/broker/observation';
import type { UpvestClient } from '../../src/upvest/client/client';
import { UpvestRefused } from '../../src/upvest/client/errors';
import { toOrderObservation, toPortfolioOrderObservation } from '../../src/upvest/model/observations';
import type { OrdersRead, TrackingActivities } from '../../contracts/activities';
import { callUpvest } from '../support/calling-upvest';

/** Concurrent reads; the client's rate limiter spaces the requests. */
const CONCURRENCY = 8;
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

  /** Reads until the page is full or a read fails: what was read counts, the rest is left for a further page. */
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

async function unlessUnknown<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof UpvestRefused && error.status === 404) return undefined;
    throw error;
  }
}
