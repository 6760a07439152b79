/** Owners of child orders that all processes have learnt. */
import { randomUUID } from 'node:crypto';
import { createOrderOwners, type LearntOwners } from '../../../src/upvest/webhooks/order-owners';

const [orderId, portfolioOrderId] = [randomUUID(), randomUUID()];

function setUp(known: Record<string, string> = {}) {
  const learnt: [string, string][] = [];
  const asked: string[] = [];
  const store: LearntOwners = {
    portfolioOrderOf: (id) => {
      asked.push(id);
      return Promise.resolve(known[id]);
    },
    learn: (id, owner) => learnt.push([id, owner]),
  };
  const reads: string[] = [];
  const owners = createOrderOwners({
    upvest: {
      readOrder: (id) => {
        reads.push(id);
        return Promise.resolve({
          id,
          initiation_flow: 'PORTFOLIO',
          client_reference: portfolioOrderId,
        } as never);
      },
      readPortfolioOrder: () => Promise.reject(new Error('not needed')),
    },
    lookupTimeLimitMs: 1_000,
    now: Date.now,
    cacheSize: 100,
    learnt: store,
  });
  return { owners, learnt, asked, reads };
}

it('are used before Upvest is asked, once', async () => {
  const { owners, asked, reads } = setUp({ [orderId]: portfolioOrderId });
  expect(await owners.ownerOf(orderId)).toEqual({ portfolioOrderId });
  expect(await owners.ownerOf(orderId)).toEqual({ portfolioOrderId });
  expect({ asked, reads }).toEqual({ asked: [orderId], reads: [] });
});

it('are learnt from Upvest’s answer', async () => {
  const { owners, learnt, reads } = setUp();
  expect(await owners.ownerOf(orderId)).toEqual({ portfolioOrderId });
  expect(reads).toEqual([orderId]);
  expect(learnt).toEqual([[orderId, portfolioOrderId]]);
});

it('are learnt from events, each once', () => {
  const { owners, learnt } = setUp();
  const event = {
    route: { orderId, order: { flow: 'PORTFOLIO', clientReference: portfolioOrderId } },
    observation: { subject: 'order' },
  } as never;
  owners.cacheFrom(event);
  owners.cacheFrom(event);
  const children = [{ id: orderId }, { id: randomUUID() }];
  const snapshot = {
    route: { portfolioOrderId },
    observation: { subject: 'portfolio-order', id: portfolioOrderId, orders: children },
  } as never;
  owners.cacheFrom(snapshot);
  expect(learnt).toEqual(children.map(({ id }) => [id, portfolioOrderId]));
});
