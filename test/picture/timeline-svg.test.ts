/** Timeline chart of an order: content, well-formed output for any text, and size limits. */
import { timelineSvg } from '../../src/picture';
import { drawn, drawnOf } from './drawn';
import { generatedPictures } from './generated-pictures';
import {
  awaitingSettlement,
  cancelledMixed,
  eventful,
  happy,
  mistrade,
  overdue,
  picturedOf,
  refusedByEsw,
  settledInDays,
  unseen,
} from './pictured-orders';
import { misformed, textsIn } from './well-formed';
import type { OrderState } from '../../src/domain/order-state/state';

const ORDERS: Record<string, () => OrderState> = {
  'an order settled within seconds': () => happy(3),
  'a settlement days later': settledInDays,
  'an order awaiting settlement': awaitingSettlement,
  'a cancel that reaches one child in time': cancelledMixed,
  'a mistrade': mistrade,
  'a rejected event': refusedByEsw,
  'an overdue deadline': overdue,
  'many actions': eventful,
  'an order without events': unseen,
};

test.each(Object.entries(ORDERS))('%s: a well-formed chart with a title and a description', (_, state) => {
  const svg = drawn(state());
  expect(misformed(svg)).toBeUndefined();
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" [^>]*role="img" aria-labelledby=/);
  expect(svg).toMatch(
    /<title id="chart-title">Timeline of [^<]+<\/title><desc id="chart-description">[^<]+</,
  );
  expect(svg).not.toMatch(/NaN|undefined|Infinity|\[object/);
});

test('the same view gives the same bytes', () => {
  const { view, entries } = picturedOf(eventful());
  expect(timelineSvg(structuredClone(view), structuredClone(entries))).toBe(timelineSvg(view, entries));
});

test('each status is shown as text, next to the lane’s name', () => {
  const texts = textsIn(drawn(cancelledMixed()));
  expect(texts).toEqual(
    expect.arrayContaining(['Portfolio order', 'NEW', 'PROCESSING', 'CANCELLED', '1 IE00B4L5Y983', 'FILLED']),
  );
});

test('actions of operators and the coordinator are shown with the operator’s name', () => {
  const pictured = picturedOf(cancelledMixed());
  const texts = textsIn(drawnOf(pictured)).join('\n');
  expect(texts).toContain('Ada Lovelace (demo-operate): ');
  const coordinator = pictured.entries.find(({ source }) => source === 'coordinator');
  expect(texts).toContain(coordinator?.text);
});

test('ESW: accepted, rejected and pending events', () => {
  const texts = textsIn(drawn(refusedByEsw()));
  expect(texts).toContain('rejected PROCESSING');
  expect(texts).toContain('pending: FILLED, 2 of children');
  expect(texts).toContain('3 accepted, 1 rejected, 3 pending');
});

test('active deadlines are labelled with their time', () => {
  const texts = textsIn(drawn(awaitingSettlement()));
  expect(texts).toContain('settlement due, we ask Upvest Wed 4 Mar 17:00:00');
  expect(texts).toContain('flagged if still not settled Thu 5 Mar 17:00:00');
  expect(textsIn(drawn(overdue())).join('\n')).toContain('OVERDUE: still PROCESSING');
  expect(textsIn(drawn(settledInDays())).join('\n')).not.toContain('we ask Upvest');
});

test('an order of seconds has a tick for each second; one of days omits the idle days and shows their duration', () => {
  expect(textsIn(drawn(happy(3)))).toEqual(expect.arrayContaining(['09:00:00', '09:00:01', '09:00:02']));
  const texts = textsIn(drawn(settledInDays()));
  expect(texts).toEqual(expect.arrayContaining(['Mon 2 Mar 2026', 'Wed 4 Mar 2026', '09:01', '2 d 7 h']));
});

test('an order without events says so', () => {
  expect(textsIn(drawn(unseen()))).toContain('No events yet.');
});

test('with too many children, the unusual ones are shown', () => {
  const { view, entries } = picturedOf(happy(80, { spacing: 0.02 }));
  const orders = view.orders.map((order) =>
    order.number === 77 ? { ...order, status: 'CANCELLED' as const } : order,
  );
  expect(textsIn(timelineSvg({ ...view, orders }, entries))).toContain('77 IE00B4L5Y983');
});

// test/soak/pictures.test.ts has the full size.
generatedPictures({
  children: [
    [50, 50, 250_000],
    [100, 60, 400_000],
  ],
  hostileRuns: 15,
  generatedRuns: 10,
});
