/** Pictures of generated lives and texts, and of many children; the tests of `timeline-svg.test.ts` are about single ones. */
import { assert, constantFrom, oneof, property, record, string } from 'fast-check';
import { timelineSvg } from '../../src/picture';
import { live, lives } from '../domain/lives';
import { drawn } from './drawn';
import { eventful, happy, lived, picturedOf } from './pictured-lives';
import { misformed, namesIn, textsIn } from './well-formed';

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

export interface Sizes {
  /** An order of so many children has so many lanes, and its picture is no longer than this. */
  children: [children: number, lanes: number, characters: number][];
  /** How often texts are made up. */
  hostileRuns: number;
  /** How many lives are generated. */
  generatedRuns: number;
}

/** Declares the tests. What is generated differs from run to run; a failure names its seed. */
export function generatedPictures({ children: orders, hostileRuns, generatedRuns }: Sizes): void {
  test.each(orders)('%i children: %i lanes, and a picture of bounded size', (children, lanes, characters) => {
    const svg = drawn(happy(children, { spacing: 0.02 }));
    const names = textsIn(svg).filter((text) => /^\d+ [A-Z]{2}\w{10}$/.test(text));
    expect(names).toHaveLength(lanes);
    expect(svg.length).toBeLessThan(characters);
    const more = textsIn(svg).filter((text) => text.startsWith('… and'));
    expect(more).toEqual(
      children > lanes ? [`… and ${children - lanes} more: ${children - lanes} FILLED`] : [],
    );
  });

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
      { numRuns: hostileRuns },
    );
  });

  test('every generated life can be drawn', () => {
    assert(
      property(lives, (plan) => {
        const svg = drawn(lived([[900, live(plan).told]]));
        expect(misformed(svg)).toBeUndefined();
        expect(svg).not.toMatch(/NaN|Infinity/);
      }),
      { numRuns: generatedRuns },
    );
  });
}
