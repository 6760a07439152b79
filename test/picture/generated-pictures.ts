/** Charts of generated orders and texts, and of many children; `timeline-svg.test.ts` tests single orders. */
import { assert, constantFrom, oneof, property, record, string } from 'fast-check';
import { timelineSvg } from '../../src/picture';
import { generateOrder, orderPlans } from '../domain/generated-orders';
import { drawn } from './drawn';
import { eventful, happy, orderAfter, picturedOf } from './pictured-orders';
import { misformed, namesIn, textsIn } from './well-formed';

/** Texts that break unescaped output. */
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

/** All names that may be written: no scripts and no external references. */
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

export interface Sizes {
  /** Number of children, and the expected lanes and maximum length of the chart. */
  children: [children: number, lanes: number, characters: number][];
  /** Runs with generated texts. */
  hostileRuns: number;
  /** Runs with generated orders. */
  generatedRuns: number;
}

/** Declares the tests. Generated data differs from run to run; a failure names its seed. */
export function generatedPictures({ children: orders, hostileRuns, generatedRuns }: Sizes): void {
  test.each(orders)('%i children: %i lanes, and a chart of bounded size', (children, lanes, characters) => {
    const svg = drawn(happy(children, { spacing: 0.02 }));
    const names = textsIn(svg).filter((text) => /^\d+ [A-Z]{2}\w{10}$/.test(text));
    expect(names).toHaveLength(lanes);
    expect(svg.length).toBeLessThan(characters);
    const more = textsIn(svg).filter((text) => text.startsWith('… and'));
    expect(more).toEqual(
      children > lanes ? [`… and ${children - lanes} more: ${children - lanes} FILLED`] : [],
    );
  });

  test('the chart stays well-formed for any ids, names and reasons, without scripts or references', () => {
    const base = picturedOf(eventful());
    const texts = record({
      id: hostile,
      instrument: hostile,
      actor: hostile,
      reason: hostile,
      status: hostile,
      at: hostile,
    });
    assert(
      property(texts, ({ id, instrument, actor, reason, status, at }) => {
        const view = {
          ...base.view,
          portfolioOrderId: id,
          reference: reason,
          waitingFor: reason,
          cashAmount: status,
          attentions: [{ code: 'MISTRADE' as const, key: '', message: reason, advice: '', actions: [] }],
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
      { numRuns: hostileRuns },
    );
  });

  test('every generated order can be drawn', () => {
    assert(
      property(orderPlans, (plan) => {
        const svg = drawn(orderAfter([[900, generateOrder(plan).reported]]));
        expect(misformed(svg)).toBeUndefined();
        expect(svg).not.toMatch(/NaN|Infinity/);
      }),
      { numRuns: generatedRuns },
    );
  });
}
