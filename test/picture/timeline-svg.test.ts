/** The picture of an order: what it shows, that it is well-formed whatever texts say, and how large it gets. */
import type { OrderLife } from '../../src/domain/order-life';
import { timelineSvg } from '../../src/picture';
import { drawn } from './drawn';
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
} from './pictured-lives';
import { misformed, textsIn } from './well-formed';

const LIVES: Record<string, () => OrderLife> = {
  'a happy life of seconds': () => happy(3),
  'a settlement days later': settledInDays,
  'a wait for settlement': awaitingSettlement,
  'a cancel in time for one child': cancelledMixed,
  'a mistrade': mistrade,
  'a refused event': refusedByEsw,
  'an overdue wait': overdue,
  'many acts': eventful,
  'an order not seen yet': unseen,
};

test.each(Object.entries(LIVES))('%s is a well-formed picture with a title and a description', (_, life) => {
  const svg = drawn(life());
  expect(misformed(svg)).toBeUndefined();
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" [^>]*role="img" aria-labelledby=/);
  expect(svg).toMatch(
    /<title id="picture-title">Timeline of [^<]+<\/title><desc id="picture-description">[^<]+</,
  );
  expect(svg).not.toMatch(/NaN|undefined|Infinity|\[object/);
});

test('the same view gives the same bytes', () => {
  const { view, entries } = picturedOf(eventful());
  expect(timelineSvg(structuredClone(view), structuredClone(entries))).toBe(timelineSvg(view, entries));
});

test('each status stands there in words, beside the lane’s name', () => {
  const texts = textsIn(drawn(cancelledMixed()));
  expect(texts).toEqual(
    expect.arrayContaining(['Portfolio order', 'NEW', 'PROCESSING', 'CANCELLED', '1 IE00B4L5Y983', 'FILLED']),
  );
});

test('what operators and the coordinator did is told with name and reason', () => {
  const texts = textsIn(drawn(cancelledMixed())).join('\n');
  expect(texts).toContain('Ada Lovelace (demo-operate): The order is to be cancelled');
  expect(texts).toContain('Upvest took the cancel');
});

test('ESW: what it accepted, what it refused, what waits', () => {
  const texts = textsIn(drawn(refusedByEsw()));
  expect(texts).toContain('refused PROCESSING');
  expect(texts).toContain('waiting: FILLED, 2 of the children');
  expect(texts).toContain('3 accepted, 1 refused, 3 waiting');
});

test('deadlines that are on stand in words, with their time', () => {
  const texts = textsIn(drawn(awaitingSettlement()));
  expect(texts).toContain('settlement due, Upvest is asked Wed 4 Mar 17:00:00');
  expect(texts).toContain('a human is told (FILLED → SETTLED) Thu 5 Mar 17:00:00');
  expect(textsIn(drawn(overdue())).join('\n')).toContain('OVERDUE: a human was told (PROCESSING → FILLED)');
  expect(textsIn(drawn(settledInDays())).join('\n')).not.toContain('Upvest is asked (');
});

test('a life of seconds has a tick for each, one of days leaves out the days and says so', () => {
  expect(textsIn(drawn(happy(3)))).toEqual(expect.arrayContaining(['09:00:00', '09:00:01', '09:00:02']));
  const texts = textsIn(drawn(settledInDays()));
  expect(texts).toEqual(expect.arrayContaining(['Mon 2 Mar 2026', 'Wed 4 Mar 2026', '09:01', '2 d 7 h']));
});

test('an order not seen yet says so', () => {
  expect(textsIn(drawn(unseen()))).toContain('Nothing is known yet that has a time.');
});

test('of too many children the unusual ones are shown', () => {
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
