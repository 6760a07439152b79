/** What the search for a placed order makes of a list that has more, or less, than it asked for. */
import { randomUUID } from 'node:crypto';
import { createPlacementActivities } from '../../../activities/placement/place-and-hand-off';
import { standardPolicies } from '../../../src/config/policies';
import type { UpvestClient } from '../../../src/upvest/client/client';
import { attempt } from '../../support/activity-attempts';
import { awayRegistry } from '../../support/registry';
import { placedOrder } from '../../upvest/client/upvest-stub';
import type { PlacePortfolioOrderInput } from '../../../contracts/placement';

const requestedAt = placedOrder.created_at;
const input = {
  reference: 'savings-2041',
  request: {
    userId: placedOrder.user_id,
    accountId: placedOrder.account_id,
    cashAmount: '250.00',
    currency: 'EUR',
    side: 'BUY',
    postTax: false,
  },
  requestedAt,
  attempt: 1,
  order: {
    policies: standardPolicies(),
    emission: { tenantCode: 'T', actor: 'a', deliveryCountryIso: 'DE', detail: 'orders' },
    brokerTaskQueue: 'upvest',
  },
} satisfies PlacePortfolioOrderInput;

function activitiesOf(upvest: object, claims: string[] = []) {
  return createPlacementActivities({
    upvest: upvest as UpvestClient,
    inbox: { deliver: () => Promise.reject(new Error()), handOff: () => Promise.reject(new Error()) },
    placements: {
      underWay: () => Promise.resolve([]),
      reportCandidate: () => Promise.resolve(),
      isClaimedByAnother: (id, name) => Promise.resolve(claims.includes(`${id} beside ${name}`)),
    },
    registry: awayRegistry,
  });
}

async function find(page: { orders: object[]; unreadable?: string[] }) {
  const activities = activitiesOf({ listPortfolioOrders: () => Promise.resolve(page) });
  const search = (one: PlacePortfolioOrderInput) => activities.findPlacedOrder(one);
  return (await attempt(search, input)).result;
}

it('an order of another account or after taxes is not the one that was placed (14.44)', async () => {
  const strangers = [
    { ...placedOrder, id: randomUUID(), account_id: randomUUID() },
    { ...placedOrder, id: randomUUID(), post_tax: true },
  ];
  expect(await find({ orders: strangers })).toEqual({ status: 'fulfilled', value: undefined });
  const own = { ...placedOrder, account_id: placedOrder.account_id.toUpperCase() };
  expect(await find({ orders: [...strangers, own] })).toMatchObject({ value: { id: placedOrder.id } });
});

it('an order that cannot be read hides no other, and is not taken for none (14.51)', async () => {
  const unreadable = ['cash_amount: is not a decimal string'];
  expect(await find({ orders: [placedOrder], unreadable })).toMatchObject({ value: { id: placedOrder.id } });
  expect(await find({ orders: [], unreadable })).toMatchObject({
    reason: { message: '1 orders of the account cannot be read: cash_amount: is not a decimal string' },
  });
});

it('an identified order that another placement has is not read as that of this one (14.2)', async () => {
  const { id: portfolioOrderId } = placedOrder;
  const upvest = { readPortfolioOrder: () => Promise.resolve(placedOrder) };
  const activities = activitiesOf(upvest, [`${portfolioOrderId} beside savings-2041`]);
  const read = async (placement?: string) => {
    const one = (input: { portfolioOrderId: string }) =>
      activities.readPlacedOrder({ ...input, ...(placement && { placement }) });
    return (await attempt(one, { portfolioOrderId })).result;
  };
  expect(await read('savings-2041')).toEqual({ status: 'fulfilled', value: 'claimed' });
  expect(await read('savings-2042')).toMatchObject({ value: { id: portfolioOrderId } });
  expect(await read()).toMatchObject({ value: { id: portfolioOrderId } });
});
