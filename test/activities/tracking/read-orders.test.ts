/** The activity that reads an order and its children: what it returns when a part of the read fails. */
import { randomUUID } from 'node:crypto';
import { createReadActivities } from '../../../activities/tracking/read-orders';
import { UpvestRefused, UpvestRetry } from '../../../src/upvest/client/errors';
import type { UpvestClient } from '../../../src/upvest/client/client';
import type { UpvestOrder, UpvestPortfolioOrder } from '../../../src/upvest/model/schemas';
import { attempt } from '../../support/activity-attempts';

const parentId = randomUUID();
const notFound = new UpvestRefused('GET /orders: 404', { status: 404 });
const unreadable = new UpvestRetry('GET /orders: 200 with an unreadable body, executions.0.price');

/** An Upvest whose children answer as given: an order, or an error. */
function upvest(children: Map<string, Error | undefined>): UpvestClient {
  const orders = [...children.keys()].map((id) => ({ id, side: 'BUY', status: 'FILLED' }));
  return {
    readPortfolioOrder: () =>
      Promise.resolve({ id: parentId, status: 'FILLED', orders } as unknown as UpvestPortfolioOrder),
    readOrder: (id: string) => {
      const error = children.get(id);
      if (error !== undefined) return Promise.reject(error);
      return Promise.resolve({ id, status: 'FILLED', executions: [] } as unknown as UpvestOrder);
    },
  } as unknown as UpvestClient;
}

async function read(children: Map<string, Error | undefined>) {
  const { readPortfolioOrder } = createReadActivities(upvest(children));
  const input = { portfolioOrderId: parentId, known: { open: [], final: [] } };
  const { result } = await attempt(readPortfolioOrder, input);
  if (result.status === 'rejected') throw result.reason;
  if (result.value.kind !== 'read') throw new Error('Upvest knew nothing.');
  const { observations, ...rest } = result.value;
  const ids = observations.flatMap((one) => (one.subject === 'order' ? [one.id] : []));
  return { ids, ...rest };
}

it('returns what it read of one child while another cannot be read, at once and by name (14.51)', async () => {
  const [good, bad] = [randomUUID(), randomUUID()];
  const children = new Map([
    [good, undefined],
    [bad, unreadable],
  ]);
  expect(await read(children)).toEqual({
    kind: 'read',
    ids: [good],
    left: [],
    failed: [{ orderId: bad, why: unreadable.message }],
  });
});

it('names the children that Upvest does not know (14.16)', async () => {
  const [good, gone] = [randomUUID(), randomUUID()];
  const children = new Map([
    [good, undefined],
    [gone, notFound],
  ]);
  expect(await read(children)).toEqual({ kind: 'read', ids: [good], left: [], unknown: [gone] });
});

it('stops after two dozen failures and says why (14.51)', async () => {
  const children = new Map(Array.from({ length: 100 }, () => [randomUUID(), unreadable] as const));
  const answer = await read(children);
  expect(answer.failed).toHaveLength(24);
  expect(answer).toMatchObject({ left: [], incomplete: unreadable.message });
});
