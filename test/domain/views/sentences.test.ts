/** No two sentences of one view contradict each other, and each report of the broker has a line. */
import { stripVTControlCharacters } from 'node:util';
import { assert, property } from 'fast-check';
import { summaryLines } from '../../../src/cli/output/order-summary';
import { progressLines } from '../../../src/cli/output/progress';
import { describe as describeState } from '../../../src/domain/views/web-ui-details';
import { timelineOf } from '../../../src/domain/views/timeline';
import { viewOf } from '../../../src/domain/views/order-view';
import { accessibleText } from '../../../src/picture/legend';
import type { OrderStatusView } from '../../../src/app/orders/read';
import { generateOrder, orderPlans } from '../generated-orders';
import { lifeOf, lifePlans } from '../generated-lives';
import { placedState, T } from '../order/waiting';

/** Sentences that cannot both be true. */
const EXCLUSIVE: [RegExp, RegExp][] = [
  [/the order was (executed|cancelled)/, /no result yet|has not answered yet/],
  [/the order was executed/, /cancel(led)? in full|tracking goes on/],
  [/No answer from Upvest|has(?: not|n't) answered/, /Upvest (accepted|rejected) (it|the cancel)/],
  [/the order is finished/, /next check with|asking (Upvest )?(again )?now|next attempt|next reconcile/],
  [/has not started this order/, /The order is executing/],
  [/Nothing: /, /Waiting for +(Upvest|ESW|An operator|Its placement)/],
  [/nothing sent/, /\bsent [A-Z]/],
];

test('no two sentences of one view exclude each other (14.18)', () => {
  assert(
    property(lifePlans, (plan) => {
      const state = lifeOf(plan);
      const order = viewOf(state);
      const status: OrderStatusView = {
        phase: order.finished ? 'FINISHED' : 'TRACKED',
        portfolioOrderId: order.portfolioOrderId,
        order,
      };
      const views = [
        summaryLines(status, T).join('\n'),
        progressLines('SP-1', status, T).join('\n'),
        describeState(state, order),
        Object.values(accessibleText(order)).join('\n'),
      ].map(stripVTControlCharacters);
      for (const text of views) {
        expect(text).not.toMatch(/undefined|null|NaN|\[object/);
        for (const [one, other] of EXCLUSIVE) {
          if (one.test(text) && other.test(text))
            throw new Error(`${String(one)} and ${String(other)}:\n${text}`);
        }
      }
    }),
    { numRuns: 150 },
  );
});

test('each report of the broker has a line in the timeline (14.18)', () => {
  assert(
    property(orderPlans, (plan) => {
      const { reported } = generateOrder(plan);
      const lines = timelineOf(placedState(...reported));
      const said = new Set(lines.map(({ id, status, text }) => `${id} ${status ?? text}`));
      for (const one of reported) {
        const expected =
          one.subject === 'order-cancellation'
            ? `${one.orderId} Upvest refused to cancel it: ${one.reason ?? ''}`
            : `${one.subject === 'execution' ? one.execution.id : one.id} ${one.status}`;
        const isUnknown = /SUSPENDED|IN_AUCTION/.test(one.status);
        expect(said).toContain(isUnknown ? expected.replace(/(\w+)$/, 'Unknown status $1') : expected);
      }
    }),
    { numRuns: 100 },
  );
});
