/** Each sentence of a view is true of the state, no two contradict each other, and each report of the broker has a line. */
import { stripVTControlCharacters } from 'node:util';
import { assert, property } from 'fast-check';
import { summaryLines } from '../../../src/cli/output/order-summary';
import { progressLines } from '../../../src/cli/output/progress';
import { describe as describeState } from '../../../src/domain/views/web-ui-details';
import { timelineOf } from '../../../src/domain/views/timeline';
import { viewOf, type PortfolioOrderView } from '../../../src/domain/views/order-view';
import { deadlineTexts } from '../../../src/cli/output/deadlines';
import { accessibleText } from '../../../src/picture/legend';
import type { OrderStatusView } from '../../../src/app/orders/read';
import { generateOrder, orderPlans } from '../generated-orders';
import { lifeOf, lifePlans } from '../generated-lives';
import { withEmissionHold } from '../../../src/domain/order/too-late';
import { at } from '../samples';
import { DAY, placedState, T } from '../order/waiting';
import * as truths from './sentences-by-state';
import type { OrderState } from '../../../src/domain/order-state/state';

/** Sentences that cannot both be true. */
const EXCLUSIVE: [RegExp, RegExp][] = [
  [/the order was (executed|cancelled)/, /no result yet|has not answered yet/],
  [/the order was executed/, /the order was cancelled/],
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
      const status = statusOf(order);
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

test('each sentence is true of the state in which it is shown (14.59)', () => {
  assert(
    property(lifePlans, (plan) => {
      const state = lifeOf(plan);
      const order = viewOf(state);
      const status = statusOf(order);
      for (const [rows, sentence] of sentencesOf(order, status)) expectTrue(state, rows, sentence);
    }),
    { numRuns: 300 },
  );
});

test('an order that is held says so beside what else it waits for (14.57)', () => {
  const held = withEmissionHold(placedState(), 'FIRST_SEEN_LATE', T);
  const hold = 'An operator to release emission, held as FIRST_SEEN_LATE.';
  expect(viewOf(held).waitingFor).toBe(`${hold} Upvest: portfolio order is NEW.`);
  const rejected = { status: 'NEW' as const, id: '1', body: '{}', refusal: { message: 'no', at: at(1) } };
  const stopped = { ...held, emission: { ...held.emission, refused: [rejected] } };
  expect(viewOf(stopped).waitingFor).toBe(`${hold} An operator: ESW rejected NEW.`);
});

function statusOf(order: PortfolioOrderView): OrderStatusView {
  return {
    phase: order.finished ? 'FINISHED' : 'TRACKED',
    portfolioOrderId: order.portfolioOrderId,
    order,
  };
}

/** What the views say, in sentences and parts of them, each with the rows that it has to fit. */
function sentencesOf(order: PortfolioOrderView, status: OrderStatusView): [truths.Rows, string][] {
  const lines = summaryLines(status, T).map(stripVTControlCharacters);
  const row = (label: string, all = lines): string =>
    all
      .find((line) => line.startsWith(`${label} `))
      ?.slice(label.length)
      .trim() ?? '';
  const progress = progressLines('SP-1', status, T).map(stripVTControlCharacters);
  const troubles = (order.troubles ?? []).map(({ text }) => ` ${text}`).join('');
  return [
    [truths.HOLD_NAMED, order.waitingFor],
    ...order.waitingFor
      .replace(troubles, '')
      .split(/(?<=held as \w+\.) /)
      .map((text): [truths.Rows, string] => [truths.WAITING_FOR, text]),
    [truths.TRACKING, /(?:tracked|finished|closed by|not tracked).*$/.exec(row('Order'))?.[0] ?? ''],
    ...deadlineTexts(status, T + DAY).map((text): [truths.Rows, string] => [truths.DEADLINES, text]),
    ...parts(truths.CANCEL, order.cancel?.text.replace(/\.$/, '')),
    ...parts(truths.AT_ESW, row('ESW').replace(/ \(\+\d+ of children\)/g, '')),
    ...parts(truths.COUNTS, row('ESW', progress).replaceAll(', ', '; ')),
    ...order.attentions.flatMap(({ code, message, advice }): [truths.Rows, string][] => [
      [
        (truths.ATTENTIONS as Partial<Record<string, truths.Rows>>)[code] ?? [
          [/./, (state) => truths.isFound(state, message)],
        ],
        message,
      ],
      [truths.ADVICE, advice],
    ]),
  ];
}

function parts(rows: truths.Rows, text: string | undefined): [truths.Rows, string][] {
  return text === undefined || text === '' ? [] : text.split('; ').map((part) => [rows, part]);
}

function expectTrue(state: OrderState, rows: truths.Rows, sentence: string): void {
  const fitting = rows.flatMap(([pattern, isTrue]) => {
    const match = pattern.exec(sentence);
    return match === null ? [] : [isTrue(state, ...match.slice(1))];
  });
  if (fitting.length === 0) throw new Error(`No row says when this is true: ${sentence}`);
  if (fitting.includes(false)) throw new Error(`Not true of this state: ${sentence}`);
}

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
