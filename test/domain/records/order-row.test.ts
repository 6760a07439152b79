import { assert, property } from 'fast-check';
import { orderRow } from '../../../src/domain/records/order-row';
import { withCheckedTroubles, withTrouble } from '../../../src/domain/order/troubles';
import { viewOf } from '../../../src/domain/views/order-view';
import { sum } from '../../../src/domain/values/decimal';
import { lifeOf, lifePlans } from '../generated-lives';
import { ACCOUNT, at, childId, execution, order, PORTFOLIO_ORDER, portfolioOrder } from '../samples';
import { allAccepted, HOUR, placedState, policies, T } from '../order/waiting';

it('has what lists show of an order', () => {
  const state = allAccepted(
    placedState(
      portfolioOrder('PROCESSING'),
      order('FILLED', { id: childId(1), currency: 'EUR', fee: '0.50' }),
      execution('SETTLED', { cashAmount: '40.10', taxes: '1.25' }),
    ),
  );
  expect(orderRow(state)).toMatchObject({
    portfolioOrderId: PORTFOLIO_ORDER,
    accountId: ACCOUNT,
    phase: 'TRACKED',
    origin: 'placed',
    status: 'PROCESSING',
    type: 'BUY',
    currency: 'EUR',
    totals: { ordered: '1000.00', executed: '40.10', settled: '40.10', fees: '0.50', taxes: '1.25' },
    children: 1,
    executions: 1,
    executionsSettled: 1,
    openedAt: at(0),
    attention: [],
    pendingEvents: 0,
  });
});

it('names the partner that fails, since when, and when it is called next', () => {
  const state = placedState(portfolioOrder('NEW'));
  const failed = { kind: 'esw' as const, cause: 'ESW answered 503', began: T, now: T + 1_000 };
  const row = orderRow(withTrouble(state, { ...failed, nextTryAt: T + HOUR }, policies));
  expect(row).toMatchObject({
    esw: { error: 'ESW answered 503', since: at(0) },
    nextTryAt: new Date(T + HOUR).toISOString(),
    pendingEvents: 1,
    pendingSince: at(0),
  });
  expect(row.upvest).toBeUndefined();
});

it('agrees with the view, whatever the life of the order', () => {
  assert(
    property(lifePlans, (plan) => {
      const state = withCheckedTroubles(lifeOf(plan), T, policies);
      const row = orderRow(state);
      const view = viewOf(state);
      expect(row.attention).toEqual(view.attention);
      expect(row.waitingFor).toBe(view.waitingFor);
      expect(row.phase).toBe(view.finished ? 'FINISHED' : 'TRACKED');
      const own = row.sums.filter(({ currency }) => currency === row.currency);
      expect(row.totals.executed).toBe(sum(own.map(({ executed }) => executed)));
      expect(row.pendingSince === undefined || row.pendingEvents > 0).toBe(true);
    }),
  );
});
