/** The picture of an order: what it shows, that it is well-formed whatever texts say, and how large it gets. */
import { assert, constantFrom, oneof, property, record, string } from 'fast-check';
import type { OrderLife } from '../../src/domain/order-life';
import { timelineSvg } from '../../src/picture';
import { live, lives } from '../domain/lives';
import { frozen } from '../domain/samples';
import {
  awaitingSettlement,
  cancelledMixed,
  eventful,
  happy,
  lived,
  mistrade,
  overdue,
  picturedOf,
  refusedByEsw,
  settledInDays,
  unseen,
  type Pictured,
} from './pictured-lives';
import { misformed, namesIn, textsIn } from './well-formed';

const drawn = (life: OrderLife): string => drawnOf(picturedOf(life));
const drawnOf = ({ view, entries }: Pictured): string => timelineSvg(frozen(view), frozen(entries));

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

test.each([
  [50, 50, 250_000],
  [500, 60, 400_000],
])('%i children: %i lanes, and a picture of bounded size', (children, lanes, characters) => {
  const svg = drawn(happy(children, { spacing: 0.02 }));
  const names = textsIn(svg).filter((text) => /^\d+ [A-Z]{2}\w{10}$/.test(text));
  expect(names).toHaveLength(lanes);
  expect(svg.length).toBeLessThan(characters);
  const more = textsIn(svg).filter((text) => text.startsWith('… and'));
  expect(more).toEqual(
    children > lanes ? [`… and ${children - lanes} more: ${children - lanes} FILLED`] : [],
  );
});

test('of too many children the unusual ones are shown', () => {
  const { view, entries } = picturedOf(happy(80, { spacing: 0.02 }));
  const orders = view.orders.map((order) =>
    order.number === 77 ? { ...order, status: 'CANCELLED' as const } : order,
  );
  expect(textsIn(timelineSvg({ ...view, orders }, entries))).toContain('77 IE00B4L5Y983');
});

/** Texts that break what is not escaped. */
const hostile = oneof(
  string({ unit: 'binary' }),
  string({
    unit: constantFrom(
      '<',
      '>',
      '&',
      '"',
      "'",
      '\0',
      '\u001b',
      '\ud800',
      '\udfff',
      '\ufffe',
      '\u202e',
      '😀',
      ']]>',
    ),
  }),
  constantFrom(
    '<script>alert(1)</script>',
    '"/><image href="https://elsewhere.example/"/>',
    '&amp;&#0;<!--',
    ']]></title><![CDATA[',
  ),
);

/** All that is ever written: nothing that runs, and nothing that refers to elsewhere. */
const KNOWN_NAMES = [
  ...['svg', 'title', 'desc', 'style', 'rect', 'g', 'path', 'text'],
  ...[
    'xmlns',
    'viewBox',
    'width',
    'height',
    'role',
    'aria-labelledby',
    'id',
    'class',
    'd',
    'x',
    'y',
    'transform',
  ],
  ...['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linejoin', 'paint-order'],
  ...['font-family', 'font-size', 'font-weight', 'text-anchor'],
];

test('whatever ids, names and reasons say, the picture stays well-formed, without script or reference', () => {
  const base = picturedOf(eventful());
  const words = record({
    id: hostile,
    instrument: hostile,
    actor: hostile,
    reason: hostile,
    status: hostile,
    at: hostile,
  });
  assert(
    property(words, ({ id, instrument, actor, reason, status, at }) => {
      const view = {
        ...base.view,
        portfolioOrderId: id,
        reference: reason,
        waitingFor: reason,
        cashAmount: status,
        attentions: [{ code: 'MISTRADE' as const, key: '', message: reason, advice: '' }],
        orders: base.view.orders.map((order) => ({ ...order, id, instrumentId: instrument })),
        reached: [...base.view.reached, { status, at, by: 'poll' as const }],
      };
      const entries = base.entries.map((entry) => ({
        ...entry,
        id,
        actor,
        reason,
        text: instrument,
        status,
      }));
      const svg = timelineSvg(view, entries);
      expect(misformed(svg)).toBeUndefined();
      expect(namesIn(svg).filter((name) => !KNOWN_NAMES.includes(name))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('every generated life can be drawn', () => {
  assert(
    property(lives, (plan) => {
      const svg = drawn(lived([[900, live(plan).told]]));
      expect(misformed(svg)).toBeUndefined();
      expect(svg).not.toMatch(/NaN|Infinity/);
    }),
    { numRuns: 20 },
  );
});
